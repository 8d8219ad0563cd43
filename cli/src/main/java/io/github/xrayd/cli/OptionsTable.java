package io.github.xrayd.cli;

/** Every option with its flag, environment variable, configuration key and default, as plain text or Markdown. */
final class OptionsTable {
    private static final int COLUMNS_MAX = 120;

    private OptionsTable() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        for (Setting setting : Setting.values()) {
            text.append(flags(setting))
                    .append("\n    ")
                    .append(setting.help())
                    .append("\n    environment ")
                    .append(setting.variable())
                    .append(setting.key() == null ? "" : ", key " + setting.key())
                    .append(", takes ")
                    .append(setting.kind())
                    .append(setting.defaultText().isEmpty() ? "" : ", default " + setting.defaultText())
                    .append('\n');
        }
        return text.toString();
    }

    /** The content of docs/OPTIONS.md. */
    static String markdown() {
        StringBuilder text = new StringBuilder("# Options\n\n")
                .append("Printed by `xray options --markdown`; a test keeps this file current.\n\n")
                .append(
                        "Flags override environment variables, which override the configuration file, which overrides the defaults.\n")
                .append(
                        "A flag takes one dash or two, and its value as the next word or after `=`; a switch takes it only after `=`.\n")
                .append(
                        "The file is the one that `-c` names, else `/etc/amazon/xray/cfg.yaml`, else `cfg.yaml` in the working directory.\n")
                .append(
                        "A key `A.B` is the member `B` of the mapping `A`. Settings of the official daemon keep their names.\n\n")
                .append("| flag | environment | key | takes | default | what |\n")
                .append("|---|---|---|---|---|---|\n");
        for (Setting setting : Setting.values()) {
            text.append("| `")
                    .append(flags(setting).replace(", ", "` `"))
                    .append("` | `")
                    .append(setting.variable())
                    .append("` | ")
                    .append(code(setting.key() == null ? "" : setting.key()))
                    .append(" | ")
                    .append(setting.kind())
                    .append(" | ")
                    .append(code(setting.defaultText()))
                    .append(" | ")
                    .append(setting.help())
                    .append(" |\n");
        }
        return text.append("| `-v` `--version` | | | | | Show AWS X-Ray daemon version. |\n")
                .append("| `-h` `--help` | | | | | Show this screen. |\n")
                .append(destinations())
                .append("\n## Exit codes\n\n")
                .append(
                        "0: ended on request (SIGTERM, SIGINT). 1: could not start, or failed. 2: the command line was wrong.\n")
                .append(
                        "3: it ran out of heap; what was held is spooled or counted. Commands: 0 done, 1 not done or something was found,\n")
                .append("2 the command line was wrong, 130 ended by Ctrl-C; see `xray COMMAND --help`.\n")
                .append("\n## The final ledger\n\n")
                .append(
                        "With `--ledger-file` the daemon writes, when it ends for any reason but a kill, what became of all that it received:\n\n")
                .append("```json\n")
                .append(
                        """
                        {"received":12,"rejected":{"noHeader":2},"dropped":{},"admitted":10,"kernelDrops":0,
                         "destinations":[{"name":"xray","admitted":10,"recovered":0,"delivered":9,"unprocessed":0,"refused":0,
                          "spooled":0,"dropped":0,"abandoned":{"shutdown":1},"held":0,"resent":0}]}
                        """)
                .append("```\n\n")
                .append(
                        "`received` = `admitted` + all `rejected` + all `dropped`; for each destination `admitted` + `recovered` = `delivered` +\n")
                .append(
                        "`unprocessed` + `refused` + `spooled` + `dropped` + all `abandoned` + `held`. Reasons with a count of 0 are left out.\n")
                .append(
                        "`abandoned.toSource` is no loss: those documents stay in their topic and are consumed again.\n")
                .append(
                        "`recovered` were found in the spool, `resent` may have arrived twice, `kernelDrops` is null where the system does not\n")
                .append(
                        "tell. The file appears complete or not at all: it is written beside its place, forced to disk and renamed.\n")
                .append("\n## Signals\n\n")
                .append(
                        "SIGTERM, SIGINT: go on for `--linger`, stop receiving and close the UDP port, upload what is held within\n")
                .append("`--shutdown-timeout`, end. A second one ends the linger and the wait.\n")
                .append(
                        "SIGHUP: reopen the log file, for logrotate; nothing else is read again. SIGUSR1: write a report to\n")
                .append("`--diagnostics-dir`; without one it is ignored, as SIGUSR2 always is.\n")
                .append(
                        "SIGQUIT: the JVM writes its threads' stacks to standard output, and the daemon goes on; with `--diagnostics-dir`\n")
                .append("and Java 22 or later it writes a report, too.\n")
                .append(
                        "Started with SIGINT or SIGTERM ignored (`xray &` in a script), the daemon handles them nevertheless where\n")
                .append(
                        "`env` supports `--default-signal` (GNU coreutils 8.31 or later). An ignored SIGHUP stays ignored (`nohup`).\n")
                .append(
                        "A log file that was renamed or removed is made anew before the next line, without a signal too.\n")
                .toString();
    }

    private static String destinations() {
        StringBuilder keys = new StringBuilder();
        int column = 0;
        for (Setting setting : DestinationKeys.SETTINGS) {
            String key = '`' + DestinationKeys.keyOf(setting) + '`';
            String separator = keys.isEmpty() ? "" : column + key.length() + 3 > COLUMNS_MAX ? ",\n" : ", ";
            column = separator.endsWith("\n") ? key.length() : column + separator.length() + key.length();
            keys.append(separator).append(key);
        }
        return "\n## Several destinations\n\nThe list `" + DestinationKeys.KEY
                + "` of the file replaces the one destination that the options describe, for example by two\n"
                + "regions or two accounts. Each entry has a `" + DestinationKeys.NAME
                + "` (1 to 64 letters, digits, dots, dashes and underscores) and any of\n"
                + "these keys; for keys that it leaves out the daemon's own settings apply:\n\n" + keys
                + ".\n\nA directory that an entry does not name is the daemon's own with the entry's name below it. The first entry to\n"
                + "X-Ray serves the TCP port. An entry with `OtlpEndpoint` or `KafkaOutputBrokers` is such a destination, any other one\n"
                + "is X-Ray. At most "
                + DestinationKeys.ENTRIES_MAX + " entries.\n";
    }

    private static String flags(Setting setting) {
        String shortName = setting.shortName();
        return (shortName == null ? "" : "-" + shortName + ", ") + "--" + setting.longName()
                + (setting.alias() == null ? "" : ", --" + setting.alias());
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }
}
