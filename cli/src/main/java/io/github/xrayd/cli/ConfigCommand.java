package io.github.xrayd.cli;

/** {@code xray config}: prints what holds for each setting and where it was said. */
final class ConfigCommand implements Command {
    @Override
    public int run(Invocation invocation) {
        Flags flags;
        try {
            flags = Flags.parse(invocation.words());
        } catch (UsageException e) {
            return invocation.wrongUsage("xray config", String.valueOf(e.getMessage()));
        }
        if (flags.isHelp()) {
            invocation
                    .out()
                    .println("Usage: xray config [the daemon's options]\n\n" + CommandName.CONFIG.help()
                            + "\n\nExit code: 0 the daemon would start with it, 1 it would not, 2 wrong usage.");
            return Invocation.OK;
        }
        Settings settings = Xray.settings(invocation, flags);
        if (settings == null) {
            return Invocation.FAILED;
        }
        for (Setting setting : Setting.values()) {
            print(invocation, setting, settings.value(setting));
        }
        for (Settings.Destination destination : settings.destinations()) {
            invocation.out().println("\ndestination " + destination.name());
            for (Setting setting : DestinationKeys.SETTINGS) {
                print(invocation, setting, destination.settings().value(setting));
            }
        }
        for (String warning : settings.warnings()) {
            invocation.err().println("warning: " + warning);
        }
        return Xray.isValid(invocation, settings) ? Invocation.OK : Invocation.FAILED;
    }

    private static void print(Invocation invocation, Setting setting, Settings.Value value) {
        String text = value.text().isEmpty() ? "\"\"" : setting.kind().shown(value.text());
        invocation.out().println(pad(setting.longName(), 24) + pad(text, 24) + value.origin());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
