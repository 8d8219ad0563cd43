package io.github.xrayd.plan.output;

import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Settings;
import io.github.xrayd.plan.question.Question.Topology;
import java.util.Locale;

/** Settings to paste. */
public final class Snippets {
    private static final String SPOOL_DIRECTORY = "/var/lib/xray/spool";
    private static final long MEGABYTE = 1 << 20;
    private static final int MILLI = 1_000;
    private static final int ECS_CPU_UNITS = 1_024;

    private Snippets() {}

    private static boolean isRemote(Plan plan) {
        return plan.question().site().topology() == Topology.COLLECTOR;
    }

    private static String age(Settings settings) {
        return settings.retryMaxAgeSeconds() / 60 + "m";
    }

    private static String buffer(Settings settings) {
        return settings.socketBufferBytes() / MEGABYTE + "M";
    }

    private static long spoolMegabytes(Settings settings) {
        return (settings.spoolBytes() + MEGABYTE - 1) / MEGABYTE;
    }

    private static String arguments(Plan plan, String separator) {
        Settings settings = plan.settings();
        StringBuilder text = new StringBuilder("-m" + separator + settings.memoryMb());
        if (settings.concurrency() > 0) {
            flag(text, separator, "--concurrency", Integer.toString(settings.concurrency()));
        }
        if (settings.receivers() > 1) {
            flag(text, separator, "--receivers", Integer.toString(settings.receivers()));
        }
        flag(text, separator, "--socket-buffer", buffer(settings));
        flag(text, separator, "--retry-max-age", age(settings));
        if (settings.spoolBytes() > 0) {
            flag(text, separator, "--spool-dir", SPOOL_DIRECTORY);
            flag(text, separator, "--spool-limit", Long.toString(spoolMegabytes(settings)));
        }
        if (isRemote(plan)) {
            flag(text, separator, "-b", "0.0.0.0:2000");
        }
        return text.toString();
    }

    private static void flag(StringBuilder text, String separator, String name, String value) {
        text.append(separator).append(name).append(separator).append(value);
    }

    /** The command line. */
    public static String flags(Plan plan) {
        return "xray " + arguments(plan, " ");
    }

    /** What the kernel must be told. */
    public static String sysctl(Plan plan) {
        return "sysctl -w net.core.rmem_max=" + plan.settings().socketBufferBytes();
    }

    /** Lines for {@code cfg.yaml}. */
    public static String config(Plan plan) {
        Settings settings = plan.settings();
        StringBuilder text = new StringBuilder();
        text.append("TotalBufferSizeMB: ").append(settings.memoryMb()).append('\n');
        if (settings.concurrency() > 0) {
            text.append("Concurrency: ").append(settings.concurrency()).append('\n');
        }
        if (isRemote(plan)) {
            text.append("Socket:\n  UDPAddress: \"0.0.0.0:2000\"\n  TCPAddress: \"0.0.0.0:2000\"\n");
        }
        text.append("Xrayd:\n");
        text.append("  Receivers: ").append(settings.receivers()).append('\n');
        text.append("  SocketBuffer: ").append(buffer(settings)).append('\n');
        text.append("  RetryMaxAge: ").append(age(settings)).append('\n');
        if (settings.spoolBytes() > 0) {
            text.append("  SpoolDir: ").append(SPOOL_DIRECTORY).append('\n');
            text.append("  SpoolLimit: ").append(spoolMegabytes(settings)).append('\n');
        }
        return text.append("Version: 2\n").toString();
    }

    /** A drop-in for the unit: {@code /etc/systemd/system/xray.service.d/plan.conf}. */
    public static String systemd(Plan plan) {
        Settings settings = plan.settings();
        String arguments = arguments(plan, " ");
        return """
                # /etc/systemd/system/xray.service.d/plan.conf; the kernel: %s
                [Service]
                ExecStart=
                ExecStart=/opt/xray/bin/xray %s
                MemoryMax=%d
                CPUQuota=%d%%
                """
                .formatted(sysctl(plan), arguments, settings.containerBytes(), Math.max(5, (int)
                        Math.ceil(granted(plan) * 100)));
    }

    private static double granted(Plan plan) {
        return Math.max(
                plan.settings().cpuCores(),
                plan.question().site().cores() * plan.question().site().cpuShare());
    }

    /** A container definition of an ECS task. */
    public static String ecs(Plan plan) {
        Settings settings = plan.settings();
        String command = "\"" + arguments(plan, "\", \"") + "\"";
        String bind = isRemote(plan) ? "" : ", \"-b\", \"0.0.0.0:2000\"";
        return """
                {
                  "name": "xray",
                  "image": "xrayd:latest",
                  "essential": true,
                  "cpu": %d,
                  "memory": %d,
                  "command": [%s%s],
                  "portMappings": [
                    { "containerPort": 2000, "protocol": "udp" },
                    { "containerPort": 2000, "protocol": "tcp" }
                  ],
                  "stopTimeout": 20
                }
                """
                .formatted(
                        (int) Math.ceil(settings.cpuCores() * ECS_CPU_UNITS),
                        settings.containerBytes() / MEGABYTE,
                        command,
                        bind);
    }

    /** A manifest: a container for a pod as a sidecar, a DaemonSet for hosts, a Deployment with a service for collectors. */
    public static String kubernetes(Plan plan) {
        String container = container(plan);
        return switch (plan.question().site().topology()) {
            case SIDECAR -> "# Beside the application's container, in spec.template.spec.containers\n" + container;
            case HOST -> workload("DaemonSet", "", container, "\n      hostNetwork: true");
            case COLLECTOR ->
                workload("Deployment", "\n  replicas: " + plan.settings().daemons(), container, "")
                        + """
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata:
                      name: xray
                    spec:
                      selector: {app: xray}
                      ports:
                        - {name: udp, port: 2000, protocol: UDP}
                        - {name: tcp, port: 2000, protocol: TCP}
                    """;
        };
    }

    private static String workload(String kind, String replicas, String container, String network) {
        return """
                apiVersion: apps/v1
                kind: %s
                metadata:
                  name: xray
                spec:%s
                  selector:
                    matchLabels: {app: xray}
                  template:
                    metadata:
                      labels: {app: xray}
                    spec:%s
                      terminationGracePeriodSeconds: 20
                      containers:
                """
                        .formatted(kind, replicas, network)
                + container.indent(8);
    }

    private static String container(Plan plan) {
        Settings settings = plan.settings();
        String bind = isRemote(plan) ? "" : ", \"-b\", \"0.0.0.0:2000\"";
        String spool = settings.spoolBytes() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%n  volumeMounts:%n    - {name: spool, mountPath: %s}  # an emptyDir or volume of %d MB",
                        SPOOL_DIRECTORY,
                        spoolMegabytes(settings));
        return """
                - name: xray
                  image: xrayd:latest
                  args: ["%s"%s]
                  ports:
                    - {containerPort: 2000, protocol: UDP}
                    - {containerPort: 2000, protocol: TCP}
                  resources:
                    requests: {cpu: %dm, memory: %dMi}
                    limits: {memory: %dMi}%s
                """
                .formatted(
                        arguments(plan, "\", \""),
                        bind,
                        (int) Math.ceil(settings.cpuCores() * MILLI),
                        settings.containerBytes() / MEGABYTE,
                        settings.containerBytes() / MEGABYTE,
                        spool);
    }
}
