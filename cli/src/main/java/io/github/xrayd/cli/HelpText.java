package io.github.xrayd.cli;

import java.io.PrintStream;

/** What {@code --help} prints: the reference daemon's screen, then what xrayd adds. */
final class HelpText {
    private static final int COLUMN = 24;

    private HelpText() {}

    static void print(PrintStream out) {
        StringBuilder text = new StringBuilder("Usage: X-Ray [options]\n");
        for (Setting setting : Setting.values()) {
            String shortName = setting.shortName();
            if (shortName != null) {
                row(text, "-" + shortName, "--" + setting.longName(), 16, setting.help());
            }
        }
        row(text, "-v", "--version", 16, "Show AWS X-Ray daemon version.");
        row(text, "-h", "--help", 16, "Show this screen");
        text.append("\nOptions that xrayd adds:\n");
        for (Setting setting : Setting.values()) {
            if (setting.shortName() == null) {
                row(
                        text,
                        "",
                        "--" + setting.longName(),
                        COLUMN,
                        setting.help() + defaultText(setting) + alias(setting));
            }
        }
        text.append("\nCommands (xray COMMAND --help):\n");
        for (CommandName name : CommandName.values()) {
            row(text, "", name.word(), COLUMN, name.help());
        }
        text.append(
                        "\nEach option is also an environment variable (--buffer-memory: XRAY_BUFFER_MEMORY) and a key of\n")
                .append(
                        "the configuration file; flags override the environment, which overrides the file: xray options\n");
        out.print(text);
        out.flush();
    }

    private static String defaultText(Setting setting) {
        return setting.kind().isSwitch() || setting.defaultText().isEmpty()
                ? ""
                : " Default: " + setting.defaultText() + ".";
    }

    private static String alias(Setting setting) {
        return setting.alias() == null ? "" : " Also --" + setting.alias() + ".";
    }

    private static void row(StringBuilder text, String shortFlag, String longFlag, int column, String help) {
        text.append('\t').append(shortFlag).append('\t').append(longFlag).append('\t');
        for (int end = (longFlag.length() / 8 + 1) * 8; end < column; end += 8) {
            text.append('\t');
        }
        text.append(help).append('\n');
    }
}
