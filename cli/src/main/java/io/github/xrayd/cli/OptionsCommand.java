package io.github.xrayd.cli;

import java.util.List;

/** {@code xray options}: prints the table of options. */
final class OptionsCommand implements Command {
    @Override
    public int run(Invocation invocation) {
        List<String> words = invocation.arguments();
        if (words.equals(List.of("--markdown"))) {
            invocation.out().print(OptionsTable.markdown());
            return Invocation.OK;
        }
        if (words.isEmpty()) {
            invocation.out().print(OptionsTable.text());
            return Invocation.OK;
        }
        if (!invocation.isHelp()) {
            return invocation.wrongUsage("xray options", "unexpected word \"" + words.get(0) + "\"");
        }
        invocation.out().println("Usage: xray options [--markdown]\n\n" + CommandName.OPTIONS.help());
        return Invocation.OK;
    }
}
