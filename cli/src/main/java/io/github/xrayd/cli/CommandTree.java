package io.github.xrayd.cli;

import java.io.File;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The whole command as one tree of picocli's, made from the settings and the sub-commands: for completions and man
 * pages.
 */
final class CommandTree {
    private static final String ROOT = "xray";

    private CommandTree() {}

    /** The tree: the daemon with its options, and every sub-command with its own. */
    static CommandLine of(Invocation invocation) {
        CommandSpec root = CommandSpec.create().name(ROOT);
        root.usageMessage()
                .description("A daemon that takes segments from the X-Ray SDKs and uploads them to AWS X-Ray.");
        addDaemonOptions(root);
        root.addOption(OptionSpec.builder("-v", "--version")
                .description("Show AWS X-Ray daemon version.")
                .build());
        root.addOption(help());
        CommandLine line = new CommandLine(root);
        for (CommandName name : CommandName.values()) {
            line.addSubcommand(name.word(), line(name, invocation));
        }
        return line;
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .description("Show this screen.")
                .build();
    }

    private static void addDaemonOptions(CommandSpec spec) {
        for (Setting setting : Setting.values()) {
            String shortName = setting.shortName();
            String longName = "--" + setting.longName();
            OptionSpec.Builder option =
                    shortName == null ? OptionSpec.builder(longName) : OptionSpec.builder("-" + shortName, longName);
            boolean isSwitch = setting.kind().isSwitch();
            option.type(isSwitch ? boolean.class : String.class)
                    .arity(isSwitch ? "0" : "1")
                    .paramLabel(
                            isSwitch
                                    ? ""
                                    : setting.kind().toString().contains(" ")
                                            ? "VALUE"
                                            : setting.kind().toString())
                    .description(setting.help().replace("%", "%%"));
            if (!setting.kind().choices().isEmpty()) {
                option.completionCandidates(setting.kind().choices());
            }
            spec.addOption(option.build());
        }
    }

    private static CommandLine line(CommandName name, Invocation invocation) {
        Command command = name.open();
        if (command instanceof PicocliCommand own) {
            return own.line();
        }
        CommandLine line = command.getClass().isAnnotationPresent(CommandLine.Command.class)
                ? new CommandLine(command)
                : new CommandLine(plain(name, command));
        if (command instanceof SpoolCommand) {
            SpoolCommand.subcommands(invocation).forEach(line::addSubcommand);
        }
        return line;
    }

    private static CommandSpec plain(CommandName name, Command command) {
        CommandSpec spec = CommandSpec.create().name(ROOT + " " + name.word());
        spec.usageMessage().description(name.help().replace("%", "%%"));
        spec.addOption(help());
        if (command instanceof SettingsCommand own) {
            String description = name.help() + "\n\n" + own.description().strip();
            spec.usageMessage().description(description.replace("%", "%%").split("\n", -1));
            for (OwnOption option : own.options()) {
                spec.addOption(OptionSpec.builder(option.name())
                        .type(option.hasValue() ? String.class : boolean.class)
                        .arity(option.hasValue() ? "1" : "0")
                        .paramLabel(option.label())
                        .description(option.help())
                        .build());
            }
            if (!own.arguments().isEmpty()) {
                spec.addPositional(PositionalParamSpec.builder()
                        .paramLabel(own.arguments())
                        .type(File.class)
                        .arity("0..1")
                        .build());
            }
            addDaemonOptions(spec);
        } else if (command instanceof CompletionCommand) {
            spec.addPositional(PositionalParamSpec.builder()
                    .paramLabel("SHELL")
                    .type(String.class)
                    .completionCandidates(List.of("bash", "zsh", "fish"))
                    .build());
        }
        return spec;
    }

    /** The script for a shell, or null for a shell that is not known. */
    static @Nullable String completion(String shell, Invocation invocation) {
        CommandLine tree = of(invocation);
        return switch (shell) {
            case "bash" -> AutoComplete.bash(ROOT, tree);
            // The script sets zsh up for bash's completions by itself.
            case "zsh" -> "#compdef xray\n" + AutoComplete.bash(ROOT, tree);
            case "fish" -> FishCompletion.of(tree);
            default -> null;
        };
    }

    /** The man pages by name, {@code xray} and {@code xray-plan}. */
    static Map<String, String> manPages(Invocation invocation) {
        CommandLine tree = of(invocation);
        Map<String, CommandSpec> specs = new LinkedHashMap<>();
        specs.put(ROOT, tree.getCommandSpec());
        collect(ROOT, tree, specs);
        Map<String, String> pages = new TreeMap<>();
        specs.forEach((name, spec) -> pages.put(name, ManPage.of(name, spec, specs.keySet())));
        return pages;
    }

    private static void collect(String prefix, CommandLine line, Map<String, CommandSpec> specs) {
        line.getSubcommands().forEach((word, child) -> {
            if (!word.equals("help") || prefix.equals(ROOT)) {
                specs.put(prefix + "-" + word, child.getCommandSpec());
                collect(prefix + "-" + word, child, specs);
            }
        });
    }
}
