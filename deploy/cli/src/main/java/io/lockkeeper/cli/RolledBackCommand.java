package io.lockkeeper.cli;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "rolled-back", sortOptions = false, description = "Reports, as CI would, that a version of the application was taken back.", footerHeading = "%nExample:%n", footer = "  lockkeeper rolled-back --target shop --release 2026.11 --application shop --version 2", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:reported", "2:wrong usage", "3:refused, with the reason", "6:the planner does not answer"})
final class RolledBackCommand implements Callable<Integer> {

    @Mixin
    private VersionOptions options;

    @Override
    public Integer call() {
        return options.report("rolledback", "is rolled back");
    }
}
