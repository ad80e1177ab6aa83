package io.lockkeeper.cli;

import picocli.CommandLine.Command;

@Command(name = "completion", mixinStandardHelpOptions = true, description = "Prints a completion script for bash and zsh.", footerHeading = "%nExample:%n", footer = "  source <(lockkeeper completion)")
final class CompletionCommand implements Runnable {

    @Override
    public void run() {
        System.out.print(Lockkeeper.completion());
    }
}
