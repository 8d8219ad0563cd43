package io.github.xrayd.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The sub-commands; a command's class is loaded only when it is called. */
enum CommandName {
    HELP("Print the daemon's help, or that of a command: xray help [COMMAND].") {
        @Override
        Command open() {
            return new HelpCommand();
        }
    },
    VERSION("Print what this is and what it is compatible with (--json).") {
        @Override
        Command open() {
            return new VersionCommand();
        }
    },
    CONFIG("Print the effective configuration with the origin of each value (--json).") {
        @Override
        Command open() {
            return new ConfigCommand();
        }
    },
    DOCTOR(
            "Check region, credentials, endpoint, ports, kernel and clock with the daemon's settings, and give advice (--json).") {
        @Override
        Command open() {
            return new DoctorCommand();
        }
    },
    HEALTHCHECK("Check the health of the running daemon; exit code 0 or 1, for images without a shell (--ready).") {
        @Override
        Command open() {
            return new HealthcheckCommand();
        }
    },
    STATUS("Show the running daemon on one screen: health, memory, destinations, losses (--json).") {
        @Override
        Command open() {
            return new StatusCommand();
        }
    },
    TOP("Watch the running daemon, redrawn each second; plain lines in a pipe (--once, --json).") {
        @Override
        Command open() {
            return new TopCommand();
        }
    },
    DIAGNOSE("Print diagnostics of the running daemon for a bug report: threads, errors, settings (--output FILE).") {
        @Override
        Command open() {
            return new DiagnoseCommand();
        }
    },
    COMPLETION("Print a script that completes commands and options: xray completion bash|zsh|fish.") {
        @Override
        Command open() {
            return new CompletionCommand();
        }
    },
    MAN("Print man pages, or write them and the completions below a directory: xray man [COMMAND].") {
        @Override
        Command open() {
            return new ManCommand();
        }
    },
    VALIDATE("Check a configuration as the daemon does when it starts: xray validate [FILE] (--json).") {
        @Override
        Command open() {
            return new ValidateCommand();
        }
    },
    MIGRATE(
            "Convert the configuration of an official daemon to xrayd's: xray migrate [FILE…] (--pid, --output, --json).") {
        @Override
        Command open() {
            return new MigrateCommand();
        }
    },
    OPTIONS("Print every option with its environment variable and configuration key (--markdown).") {
        @Override
        Command open() {
            return new OptionsCommand();
        }
    },
    SANDBOX("Run an X-Ray endpoint and the daemon in one process, without an AWS account; prints the traces.") {
        @Override
        Command open() {
            return new SandboxCommand();
        }
    },
    TRACES("List the newest traces of a running sandbox (--since, --filter, --json).") {
        @Override
        Command open() {
            return new TracesCommand();
        }
    },
    TRACE("Print a trace of a running sandbox as a tree: xray trace ID (--json).") {
        @Override
        Command open() {
            return new TraceCommand();
        }
    },
    COMPARE("Compare two destinations, sandboxes or files, and list the differences: xray compare A B (--json).") {
        @Override
        Command open() {
            return new CompareCommand();
        }
    },
    LOAD("Send segments at a fixed rate and verify what arrived.") {
        @Override
        Command open() {
            return new LoadCommand();
        }
    },
    CDS(
            "Create the class-data archive again, after the installation was moved or Java changed; it makes starts faster.") {
        @Override
        Command open() {
            return new CdsCommand();
        }
    },
    PLAN("Size a deployment for a workload: calculate, simulate, measure and verify.") {
        @Override
        Command open() {
            return new PlanCommand();
        }
    },
    CHAOS("Inject faults, and check that every lost document is counted.") {
        @Override
        Command open() {
            return new ChaosCommand();
        }
    },
    SPOOL("List, deliver or delete what a spool directory holds (ls, replay, drop).") {
        @Override
        Command open() {
            return new SpoolCommand();
        }
    };

    private final String help;

    CommandName(String help) {
        this.help = help;
    }

    abstract Command open();

    String help() {
        return help;
    }

    /** The word on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The sub-command of that word, or null. {@code archive}, the former word for {@code cds}, still works. */
    static @Nullable CommandName of(String word) {
        if (word.equals("archive")) {
            return CDS;
        }
        for (CommandName name : values()) {
            if (name.word().equals(word)) {
                return name;
            }
        }
        return null;
    }

    /** All of them, for messages. */
    static String names() {
        StringBuilder words = new StringBuilder();
        for (CommandName name : values()) {
            words.append(words.length() == 0 ? "" : ", ").append(name.word());
        }
        return words.toString();
    }
}
