package io.lockkeeper.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is reported about a version of the application. */
final class VersionOptions {

    @Option(names = "--target", required = true, paramLabel = "NAME", description = "The target database.")
    private String target;

    @Option(names = "--release", required = true, paramLabel = "NAME", description = "The release it belongs to.")
    private String release;

    @Option(names = "--application", required = true, paramLabel = "NAME", description = "As the manifest names it.")
    private String application;

    @Option(names = "--version", required = true, paramLabel = "VERSION", description = "As the manifest names it.")
    private String version;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Mixin
    private ServiceOptions services;

    int report(String happening, String words) {
        services.services().version(happening, target, release, application, version);
        Terminal.standard().line("reported: %s %s %s", application, version, words);
        return ExitCode.DONE;
    }
}
