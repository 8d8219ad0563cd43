package io.github.xrayd.cli;

import java.util.List;

/** {@code xray completion SHELL}: prints the script that completes commands and options. */
final class CompletionCommand implements Command {
    static final String USAGE =
            """
            Usage: xray completion bash|zsh|fish

            Prints a script that completes commands and options in that shell:
              bash: source <(xray completion bash)
              zsh:  source <(xray completion zsh)
              fish: xray completion fish | source

            Exit code: 0, or 2 for wrong usage.
            """;

    @Override
    public int run(Invocation invocation) {
        List<String> words = invocation.arguments();
        if (invocation.isHelp()) {
            invocation.out().print(USAGE);
            return Invocation.OK;
        }
        String script = words.size() == 1 ? CommandTree.completion(words.get(0), invocation) : null;
        if (script == null) {
            return invocation.wrongUsage(
                    "xray completion",
                    (words.isEmpty() ? "" : "there is no completion for \"" + String.join(" ", words) + "\": ")
                            + "name the shell: bash, zsh or fish");
        }
        invocation.out().print(script);
        return Invocation.OK;
    }
}
