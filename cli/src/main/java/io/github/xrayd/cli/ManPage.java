package io.github.xrayd.cli;

import java.util.Collection;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A man page of a command, in roff with the man macros. */
final class ManPage {
    private ManPage() {}

    /**
     * The page.
     *
     * @param name as {@code xray-plan}
     * @param all the names of all pages
     */
    static String of(String name, CommandSpec spec, Collection<String> all) {
        StringBuilder text = new StringBuilder();
        String command = name.replace('-', ' ');
        text.append(".TH ")
                .append(name.toUpperCase(Locale.ROOT))
                .append(" 1 \"\" \"xrayd ")
                .append(Version.text())
                .append("\" \"User Commands\"\n.SH NAME\n")
                .append(roff(name))
                .append(" \\- ")
                .append(roff(first(spec).replaceFirst("\\.$", "")))
                .append("\n.SH SYNOPSIS\n.B ")
                .append(roff(command))
                .append("\n[options]");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            text.append(' ').append(roff(parameter.paramLabel()));
        }
        if (!spec.subcommands().isEmpty()) {
            text.append(" [command]");
        }
        text.append("\n.SH DESCRIPTION\n");
        paragraphs(text, spec.usageMessage().description());
        if (!spec.subcommands().isEmpty()) {
            text.append(".SH COMMANDS\n");
            spec.subcommands().forEach((word, child) -> {
                if (!all.contains(name + "-" + word)) {
                    return;
                }
                text.append(".TP\n.B ")
                        .append(roff(word))
                        .append('\n')
                        .append(roff(first(child.getCommandSpec())))
                        .append('\n');
            });
        }
        text.append(".SH OPTIONS\n");
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                option(text, option);
            }
        }
        if (spec.usageMessage().footer().length > 0) {
            text.append(".SH NOTES\n");
            paragraphs(text, spec.usageMessage().footer());
        }
        if (name.equals("xray")) {
            root(text);
        }
        text.append(".SH SEE ALSO\n");
        String separator = "";
        for (String other : all) {
            boolean isNear = name.equals("xray") || other.equals("xray") || other.startsWith(name + "-");
            if (isNear && !other.equals(name)) {
                text.append(separator).append(".BR ").append(roff(other)).append(" (1)");
                separator = ",\n";
            }
        }
        return text.append('\n').toString();
    }

    private static void root(StringBuilder text) {
        text.append(".SH ENVIRONMENT\nEach option is also a variable: \\-\\-buffer\\-memory is XRAY_BUFFER_MEMORY.\n")
                .append(".TP\n.B XRAY_JAVA_OPTS\nMore flags for Java, split at blanks.\n")
                .append(".SH FILES\n.TP\n.I /etc/amazon/xray/cfg.yaml\n")
                .append("The configuration that is read when \\-c names none.\n")
                .append(".SH EXIT STATUS\n")
                .append(".TP\n.B 0\nEnded as asked, by SIGTERM or SIGINT too.\n")
                .append(".TP\n.B 1\nCould not start, or failed.\n")
                .append(".TP\n.B 2\nThe command line was wrong.\n")
                .append(".TP\n.B 3\nIt ran out of heap.\n")
                .append(".TP\n.B 130\nA command other than the daemon was ended by Ctrl\\-C.\n");
    }

    private static void option(StringBuilder text, OptionSpec option) {
        text.append(".TP\n");
        String separator = "";
        for (String name : option.names()) {
            text.append(separator).append("\\fB").append(roff(name)).append("\\fR");
            separator = ", ";
        }
        if (option.arity().max() > 0) {
            text.append(" \\fI").append(roff(option.paramLabel())).append("\\fR");
        }
        text.append('\n');
        for (String line : option.description()) {
            text.append(roff(line.replace("%%", "%"))).append('\n');
        }
    }

    private static void paragraphs(StringBuilder text, String[] lines) {
        for (String line : lines) {
            text.append(line.isBlank() ? ".PP" : roff(line.replace("%%", "%").strip()))
                    .append('\n');
        }
    }

    private static String first(CommandSpec spec) {
        String[] description = spec.usageMessage().description();
        return description.length == 0
                ? spec.name()
                : description[0].replace("%%", "%").strip();
    }

    /** The text with what roff would read as its own escaped. */
    private static String roff(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
