package io.github.xrayd.cli;

import java.util.ArrayList;
import java.util.List;

/** {@code xray help [COMMAND]}: the help of the daemon, or of a sub-command. */
final class HelpCommand implements Command {
    static final String USAGE =
            """
            Usage: xray help [COMMAND [SUBCOMMAND]]

            Prints the daemon's help with the list of commands, or the help of a command, as xray COMMAND --help does.

            Exit code: 0, or 2 for an unknown command.
            """;

    @Override
    public int run(Invocation invocation) {
        List<String> words = invocation.arguments();
        if (words.isEmpty()) {
            HelpText.print(invocation.out());
            return Invocation.OK;
        }
        if (invocation.isHelp()) {
            invocation.out().print(USAGE);
            return Invocation.OK;
        }
        CommandName name = CommandName.of(words.get(0));
        if (name == null) {
            return Xray.unknownCommand(invocation, words.get(0));
        }
        List<String> asked = new ArrayList<>(words.subList(1, words.size()));
        asked.add("--help");
        return name.open()
                .run(new Invocation(
                        asked, invocation.environment(), invocation.directory(), invocation.out(), invocation.err()));
    }
}
