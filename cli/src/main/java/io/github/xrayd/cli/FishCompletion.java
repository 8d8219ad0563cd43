package io.github.xrayd.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A script for the fish shell, which picocli does not make. */
final class FishCompletion {
    private FishCompletion() {}

    static String of(CommandLine tree) {
        StringBuilder text = new StringBuilder("# fish completion for xray\n");
        String words = String.join(" ", tree.getSubcommands().keySet());
        text.append("complete -c xray -f\n");
        for (Map.Entry<String, CommandLine> child : tree.getSubcommands().entrySet()) {
            line(text, "not __fish_seen_subcommand_from " + words)
                    .append(" -a ")
                    .append(child.getKey())
                    .append(" -d ")
                    .append(quoted(first(
                            child.getValue().getCommandSpec().usageMessage().description())))
                    .append('\n');
        }
        options(text, tree.getCommandSpec(), "not __fish_seen_subcommand_from " + words);
        tree.getSubcommands().forEach((word, child) -> {
            String here = "__fish_seen_subcommand_from " + word;
            child.getSubcommands().forEach((inner, spec) -> line(text, here)
                    .append(" -a ")
                    .append(inner)
                    .append(" -d ")
                    .append(quoted(first(spec.getCommandSpec().usageMessage().description())))
                    .append('\n'));
            options(text, child.getCommandSpec(), here);
        });
        return text.toString();
    }

    private static StringBuilder line(StringBuilder text, String condition) {
        return text.append("complete -c xray -n ").append(quoted(condition));
    }

    private static void options(StringBuilder text, CommandSpec spec, String condition) {
        for (OptionSpec option : spec.options()) {
            if (option.hidden()) {
                continue;
            }
            line(text, condition);
            for (String name : option.names()) {
                text.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
            }
            if (option.arity().max() > 0) {
                text.append(" -r -F");
            }
            text.append(" -d ").append(quoted(first(option.description()))).append('\n');
        }
    }

    private static String first(String[] lines) {
        return lines.length == 0 ? "" : lines[0].replace("%%", "%");
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
