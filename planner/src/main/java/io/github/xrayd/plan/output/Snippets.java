package io.github.xrayd.plan.output;

import io.github.xrayd.plan.input.Workload.Topology;
import io.github.xrayd.plan.model.Plan;
import io.github.xrayd.plan.model.Settings;
import java.util.Locale;

/** Settings to paste. */
public final class Snippets {
    private static final String SPOOL_DIRECTORY = "/var/lib/xray/spool";
    private static final long MEGABYTE = 1 << 20;
    private static final int MILLI = 1_000;
    private static final int ECS_CPU_UNITS = 1_024;
    private static final String ANY_ADDRESS = "0.0.0.0:2000";
    private static final String IMAGE = "REGISTRY/xrayd:latest";

    /** Asks /healthz from within the container, where the port may be bound to loopback; needs bash only. */
    private static final String HEALTH_COMMAND = "exec 3<>/dev/tcp/127.0.0.1/2000;"
            + " printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3; read -r line <&3;"
            + " [[ $line == *' 200 '* ]]";

    private Snippets() {}

    private static Topology topology(Plan plan) {
        return plan.workload().site().topology();
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

    /**
     * The daemon's options.
     *
     * @param isRemote whether senders reach it over a network: then both ports are bound to all addresses, because an
     *     SDK asks for sampling rules at the host and port to which it sends segments
     */
    private static String arguments(Plan plan, String separator, boolean isRemote) {
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
        if (isRemote) {
            flag(text, separator, "-b", ANY_ADDRESS);
            flag(text, separator, "-t", ANY_ADDRESS);
        }
        return text.toString();
    }

    private static void flag(StringBuilder text, String separator, String name, String value) {
        text.append(separator).append(name).append(separator).append(value);
    }

    /** The command line. */
    public static String flags(Plan plan) {
        return "xray " + arguments(plan, " ", topology(plan) == Topology.COLLECTOR);
    }

    /** The kernel's settings. */
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
        if (topology(plan) == Topology.COLLECTOR) {
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
        String arguments = arguments(plan, " ", topology(plan) == Topology.COLLECTOR);
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
                plan.workload().site().cores() * plan.workload().site().cpuShare());
    }

    /** How to make the image that {@link #ecs} and {@link #kubernetes} name, as comment lines. */
    public static String image() {
        return """
                # There is no public image. Build one from an installation and push it to your registry, then replace REGISTRY:
                #   printf '%s\\n' 'FROM eclipse-temurin:25-jre' 'COPY . /opt/xray' 'ENTRYPOINT ["/opt/xray/bin/xray"]' |
                #     docker build -t REGISTRY/xrayd:latest -f - /opt/xray && docker push REGISTRY/xrayd:latest
                """;
    }

    /**
     * A container definition of an ECS task; a sidecar's task uses the network mode awsvpc, where containers share
     * loopback.
     */
    public static String ecs(Plan plan) {
        Settings settings = plan.settings();
        boolean isRemote = topology(plan) != Topology.SIDECAR;
        String ports = isRemote
                ? """

                  "portMappings": [
                    { "containerPort": 2000, "protocol": "udp" },
                    { "containerPort": 2000, "protocol": "tcp" }
                  ],"""
                : "";
        return """
                {
                  "name": "xray",
                  "image": "%s",
                  "essential": true,
                  "cpu": %d,
                  "memory": %d,
                  "command": ["%s"],%s
                  "healthCheck": {
                    "command": ["CMD", "bash", "-c", "%s"],
                    "interval": 10,
                    "startPeriod": 10
                  },
                  "stopTimeout": 20
                }
                """
                .formatted(
                        IMAGE,
                        (int) Math.ceil(settings.cpuCores() * ECS_CPU_UNITS),
                        settings.containerBytes() / MEGABYTE,
                        arguments(plan, "\", \"", isRemote),
                        ports,
                        HEALTH_COMMAND.replace("\\", "\\\\"));
    }

    /**
     * A manifest: a container for a pod as a sidecar, a DaemonSet for hosts, a Deployment with a service for
     * collectors.
     */
    public static String kubernetes(Plan plan) {
        String container = container(plan);
        return image()
                + switch (topology(plan)) {
                    case SIDECAR ->
                        "# Beside the application's container, in spec.template.spec.containers\n" + container;
                    case HOST ->
                        """
                        # In the application's container: {name: HOST_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
                        # and {name: AWS_XRAY_DAEMON_ADDRESS, value: "$(HOST_IP):2000"}
                        """
                                + workload(
                                        "DaemonSet",
                                        "",
                                        plan,
                                        "\n      hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet");
                    case COLLECTOR, KAFKA ->
                        workload(
                                        "Deployment",
                                        "\n  replicas: " + plan.settings().daemons(),
                                        plan,
                                        "")
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

    private static String workload(String kind, String replicas, Plan plan, String network) {
        long spoolMegabytes = spoolMegabytes(plan.settings());
        String volumes = spoolMegabytes == 0
                ? ""
                : "      volumes:\n        - {name: spool, emptyDir: {sizeLimit: " + spoolMegabytes + "Mi}}\n";
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
                + container(plan).indent(8)
                + volumes;
    }

    private static String container(Plan plan) {
        Settings settings = plan.settings();
        boolean isRemote = topology(plan) != Topology.SIDECAR;
        String spool = settings.spoolBytes() == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "  volumeMounts:%n    - {name: spool, mountPath: %s}  # an emptyDir or volume of %d MB%n",
                        SPOOL_DIRECTORY,
                        spoolMegabytes(settings));
        String ports = isRemote
                ? """
                  ports:
                    - {containerPort: 2000, protocol: UDP}
                    - {containerPort: 2000, protocol: TCP}
                """
                : "";
        return """
                - name: xray
                  image: %s
                  args: ["%s"]
                %s  livenessProbe:
                    %s
                    periodSeconds: 10
                  readinessProbe:
                    %s
                    periodSeconds: 5
                  resources:
                    requests: {cpu: %dm, memory: %dMi}
                    limits: {memory: %dMi}
                %s"""
                .formatted(
                        IMAGE,
                        arguments(plan, "\", \"", isRemote),
                        ports,
                        probe("/healthz", isRemote),
                        probe("/readyz", isRemote),
                        (int) Math.ceil(settings.cpuCores() * MILLI),
                        settings.containerBytes() / MEGABYTE,
                        settings.containerBytes() / MEGABYTE,
                        spool);
    }

    /** The kubelet reaches a port on all addresses itself; one on loopback is asked from within the container. */
    private static String probe(String path, boolean isRemote) {
        return isRemote
                ? "httpGet: {path: " + path + ", port: 2000}"
                : "exec: {command: [bash, -c, \""
                        + HEALTH_COMMAND.replace("/healthz", path).replace("\\", "\\\\") + "\"]}";
    }
}
