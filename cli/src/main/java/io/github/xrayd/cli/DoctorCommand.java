package io.github.xrayd.cli;

import io.github.xrayd.cli.doctor.Host;
import io.github.xrayd.cli.doctor.Ports;
import io.github.xrayd.cli.doctor.Report;
import io.github.xrayd.cli.log.LogSetup;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.aws.AwsCheckup;
import io.github.xrayd.engine.aws.Finding;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * {@code xray doctor}: checks what the daemon needs, with the daemon's own settings, and prints what is well and what
 * is not.
 */
final class DoctorCommand implements Command {
    private static final String JSON = "--json";
    private static final String USAGE =
            """
            Usage: xray doctor [--json] [the daemon's options]

            Checks, with the settings that the daemon would have (flags, environment, configuration file): configuration,
            memory, log file, spool, socket buffer, both ports, region, credentials, endpoint (name, network, TLS, forward proxy),
            a signed upload without documents, a signed sampling call, the clock. Uploads nothing, changes nothing.

            --json: one JSON object {"version","healthy","checks":[{"check","state","detail","advice"}]};
            state is ok, warning, failed or skipped.

            Exit code: 0 the daemon will work (warnings allowed), 1 a check failed, 2 wrong usage.
            """;

    private final List<Finding> findings = new ArrayList<>();

    @Override
    public int run(Invocation invocation) {
        List<String> words = new ArrayList<>(invocation.arguments());
        boolean isJson = words.removeIf(word -> word.equals(JSON) || word.equals("-json"));
        Flags flags;
        try {
            flags = Flags.parse(words);
        } catch (UsageException e) {
            return invocation.wrongUsage("xray doctor", String.valueOf(e.getMessage()));
        }
        if (flags.isHelp()) {
            invocation.out().print(USAGE);
            return Invocation.OK;
        }
        Settings settings = settings(invocation, flags);
        if (settings != null) {
            // The findings say it all; the log would say it again.
            LogSetup.silence();
            check(settings);
        }
        Report report = new Report(Version.text(), findings);
        if (isJson) {
            invocation.out().println(report.json());
        } else {
            invocation.out().print(report.text());
        }
        return report.isHealthy() ? Invocation.OK : Invocation.FAILED;
    }

    private @Nullable Settings settings(Invocation invocation, Flags flags) {
        try {
            Settings settings = Settings.load(flags, invocation.environment(), invocation.directory());
            Path file = settings.file();
            String where = file == null ? "no file; flags, environment and defaults" : file.toString();
            findings.add(
                    settings.warnings().isEmpty()
                            ? Finding.ok("configuration", where)
                            : Finding.warning(
                                    "configuration",
                                    String.join(" ", settings.warnings()),
                                    "Remove the key or spell it right; xray options lists them."));
            return settings;
        } catch (ConfigException e) {
            findings.add(
                    Finding.failed(
                            "configuration",
                            String.valueOf(e.getMessage()),
                            "Correct it there; xray options lists every key and variable, xray config shows the effective values."));
            return null;
        }
    }

    private void check(Settings settings) {
        memory(settings);
        Path logFile = settings.pathOrNull(Setting.LOG_FILE);
        if (logFile != null) {
            findings.add(Host.logFile(logFile));
        }
        if (settings.destinations().isEmpty()) {
            directories(settings, "");
        }
        for (Settings.Destination destination : settings.destinations()) {
            directories(destination.settings(), destination.name() + ": ");
        }
        findings.add(Host.socketBuffer(settings.bytes(Setting.SOCKET_BUFFER)));
        InetSocketAddress udp = address(settings, Setting.BIND, "UDP");
        if (udp != null) {
            findings.add(Ports.udp(udp));
        }
        InetSocketAddress tcp = address(settings, Setting.BIND_TCP, "TCP");
        if (tcp != null) {
            findings.add(Ports.tcp(tcp));
        }
        InetSocketAddress http =
                settings.textOrNull(Setting.HTTP_BIND) == null ? null : address(settings, Setting.HTTP_BIND, "HTTP");
        if (http != null) {
            findings.add(Ports.http(http));
        }
        EngineSettings.applyProfile(settings);
        if (settings.destinations().isEmpty()) {
            // For the TCP port's calls, also where nothing else goes to X-Ray.
            backend(settings, "");
            if (settings.textOrNull(Setting.OTLP_ENDPOINT) != null) {
                otlp(settings, "");
            }
        }
        for (Settings.Destination destination : settings.destinations()) {
            String prefix = destination.name() + ": ";
            if (destination.settings().textOrNull(Setting.OTLP_ENDPOINT) != null) {
                otlp(destination.settings(), prefix);
            } else if (destination.settings().textOrNull(Setting.KAFKA_OUTPUT_BROKERS) == null) {
                backend(destination.settings(), prefix);
            }
        }
    }

    private void otlp(Settings settings, String prefix) {
        String subject = prefix + "OTLP endpoint";
        String problem;
        try {
            Answer answer = OtlpOutput.destination(settings).probe();
            if (answer.outcome() == AnswerKind.DELIVERED) {
                findings.add(Finding.ok(subject, "took a request without spans"));
                return;
            }
            problem = answer.message();
        } catch (Exception e) {
            problem = String.valueOf(e.getMessage());
        }
        findings.add(Finding.failed(subject, problem, "See docs/OTLP.md for the meaning of the answers."));
    }

    private void directories(Settings settings, String prefix) {
        directory(settings, Setting.SPOOL_DIR, prefix + "spool");
        directory(settings, Setting.DEAD_LETTER_DIR, prefix + "dead letters");
    }

    private void directory(Settings settings, Setting setting, String check) {
        Path path = settings.pathOrNull(setting);
        if (path != null) {
            findings.add(Host.directory(check, path, "--" + setting.longName()));
        }
    }

    private void memory(Settings settings) {
        try {
            MemoryPlan plan = EngineSettings.memory(settings);
            long jvm = EngineSettings.jvmMegabytes(settings, 0);
            String detail = plan.megabytes() + " MB for segments, up to " + jvm + " MB for the JVM: a container needs "
                    + (plan.megabytes() + jvm) + " MB";
            String warning = plan.warning();
            findings.add(warning == null ? Finding.ok("memory", detail) : Finding.warning("memory", detail, warning));
        } catch (StartException e) {
            findings.add(Finding.failed("memory", String.valueOf(e.getMessage()), "Raise the limit that it names."));
        }
    }

    private @Nullable InetSocketAddress address(Settings settings, Setting setting, String protocol) {
        try {
            return HostPort.resolve(settings.text(setting));
        } catch (StartException e) {
            findings.add(Finding.failed(
                    protocol + " address",
                    String.valueOf(e.getMessage()),
                    "Write it as HOST:PORT, for example 127.0.0.1:2000."));
            return null;
        }
    }

    private void backend(Settings settings, String prefix) {
        try {
            for (Finding finding : AwsCheckup.run(EngineSettings.backend(settings))) {
                String detail = finding.detail()
                        .replaceFirst(
                                ", from setting$",
                                Matcher.quoteReplacement(", from "
                                        + settings.value(Setting.REGION).origin()));
                findings.add(new Finding(prefix + finding.check(), finding.state(), detail, finding.advice()));
            }
        } catch (StartException e) {
            findings.add(Finding.failed(
                    prefix + "endpoint",
                    String.valueOf(e.getMessage()),
                    "Write addresses as http://HOST:PORT or https://HOST:PORT."));
        }
    }
}
