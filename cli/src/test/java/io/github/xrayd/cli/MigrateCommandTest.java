package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code xray migrate} with what the official daemon's users have: each result is one that {@code xray validate} takes.
 */
class MigrateCommandTest {
    /** As its packages install it. */
    private static final String SHIPPED =
            """
            # Maximum buffer size in MB (minimum 3). Choose 0 to use 1%% of host memory.
            TotalBufferSizeMB: 0
            Concurrency: 8
            Region: ""
            Endpoint: ""
            Socket:
              UDPAddress: "127.0.0.1:2000"
              TCPAddress: "127.0.0.1:2000"
            Logging:
              LogRotation: true
              LogLevel: "prod"
              LogPath: ""
            LocalMode: false
            ResourceARN: ""
            RoleARN: ""
            NoVerifySSL: false
            ProxyAddress: ""
            Version: %d
            """;

    private static final String UNIT =
            """
            [Unit]
            Description=AWS X-Ray Daemon
            After=network-online.target

            [Service]
            Type=exec
            User=xray
            Environment="AWS_REGION=eu-west-1" AWS_SECRET_ACCESS_KEY=%1$s
            ExecStart=/usr/bin/xray -f /var/log/xray/xray.log \\
              --buffer-memory=100
            Restart=always

            [Install]
            WantedBy=network-online.target
            """;

    private static final String SECRET = "wJalrXUtnFEMI";

    @TempDir
    Path directory;

    private void write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static String lines(String... lines) {
        return String.join("\n", lines) + "\n";
    }

    private Call migrate(String... words) {
        return call(List.of(words));
    }

    private Call call(List<String> words) {
        List<String> all = new java.util.ArrayList<>(List.of("migrate"));
        all.addAll(words);
        return Call.of(all, Map.of(), directory);
    }

    /** The configuration without its first line, after xrayd has taken it. */
    private String taken(Call call) throws IOException {
        assertEquals(0, call.exitCode(), call.err());
        write("taken.yaml", call.out());
        Call validate = Call.of(directory, "validate", "taken.yaml");
        assertEquals(0, validate.exitCode(), validate.err());
        assertFalse((call.out() + call.err()).contains(SECRET), call.out() + call.err());
        assertTrue(call.out().startsWith("# xrayd's configuration, made by xray migrate from: "), call.out());
        return call.out().substring(call.out().indexOf('\n') + 1);
    }

    private static void assertSaid(Call call, String... lines) {
        for (String line : lines) {
            assertTrue(call.err().lines().anyMatch(each -> each.startsWith(line)), line + "\n" + call.err());
        }
    }

    @Test
    void shouldKeepWhatTheShippedFileSays() throws IOException {
        for (int version = 1; version <= 2; version++) {
            write("cfg.yaml", SHIPPED.formatted(version));
            Call call = migrate("cfg.yaml");
            assertEquals(
                    """
                    Socket:
                      UDPAddress: 127.0.0.1:2000
                      TCPAddress: 127.0.0.1:2000
                    Logging:
                      LogRotation: true
                      LogLevel: prod
                    LocalMode: false
                    NoVerifySSL: false
                    Version: 2
                    """,
                    taken(call));
            assertSaid(
                    call,
                    "read: file cfg.yaml",
                    "left out  Concurrency: 8 is the official default",
                    "same      TotalBufferSizeMB: 0 means 1 %",
                    "default   Xrayd.RetryMaxAge: ",
                    "default   Xrayd.ProxyAllow: ",
                    "added     Xrayd: ");
        }
    }

    @Test
    void shouldTakeTheKeysOfTheTimeBeforeVersions() throws IOException {
        write(
                "cfg.yaml",
                "Processor:\n  Region: us-west-2\n  Routine: 4\nMemoryLimit: 50\nProfile:\n  CPU: x\nLogRotation: false\n");
        Call call = migrate("cfg.yaml");
        assertEquals(
                "Region: us-west-2\nTotalBufferSizeMB: 50\nConcurrency: 4\nLogging:\n  LogRotation: false\nVersion: 2\n",
                taken(call));
        assertSaid(call, "changed   Version: ", "changed   Processor.Region: ", "left out  Profile.CPU: ");
    }

    @Test
    void shouldReadAUnitWithItsDropInsAndVariables() throws IOException {
        write("xray.service", UNIT.formatted(SECRET));
        write(
                "xray.service.d/10-more.conf",
                "[Service]\nExecStart=\nExecStart=-/usr/bin/xray -o -l warn -n $WHERE\n"
                        + "Environment=WHERE=us-east-2 XRAY_REGION=x HTTPS_PROXY=http://u:" + SECRET + "@p:1\n");
        Call call = migrate("xray.service");
        assertEquals("Region: us-east-2\nLogging:\n  LogLevel: warn\nLocalMode: true\nVersion: 2\n", taken(call));
        assertSaid(
                call,
                "left out  AWS_REGION: ",
                "stays     AWS_SECRET_ACCESS_KEY: ",
                "stays     HTTPS_PROXY: ",
                "to do     XRAY_REGION: ",
                "to do     10-more.conf: ");
        Files.delete(directory.resolve("xray.service.d/10-more.conf"));
        write("cfg.yaml", "TotalBufferSizeMB: 24\nRoleARN: arn:aws:iam::123456789012:role/x\nVersion: 2\n");
        Call both = migrate("xray.service", "cfg.yaml");
        assertEquals(
                lines(
                        "Region: eu-west-1",
                        "TotalBufferSizeMB: 100",
                        "Logging:",
                        "  LogPath: /var/log/xray/xray.log",
                        "RoleARN: arn:aws:iam::123456789012:role/x",
                        "Version: 2"),
                taken(both));
        assertSaid(both, "left out  TotalBufferSizeMB: that of cfg.yaml: --buffer-memory wins");
    }

    @Test
    void shouldReadAnUpstartJob() throws IOException {
        write(
                "xray.conf",
                """
                start on (runlevel [345] and started network)
                respawn
                script
                    echo $$ > /var/run/xray.pid
                    exec su -s /bin/bash -c "xray -f /var/log/xray/xray.log -m 0x10" xray
                end script
                """);
        // What follows the quoted line is su's.
        assertEquals(
                "TotalBufferSizeMB: 16\nLogging:\n  LogPath: /var/log/xray/xray.log\nVersion: 2\n",
                taken(migrate("xray.conf")));
    }

    @Test
    void shouldReadAnEcsTaskDefinition() throws IOException {
        write(
                "task.json",
                """
                {
                \t"family": "shop",
                \t"containerDefinitions": [
                    {"name": "app", "image": "shop:1", "memory": 512, "environment": [{"name": "A", "value": "%1$s"}]},
                    {"name": "xray-daemon", "image": "public.ecr.aws/xray/aws-xray-daemon:latest", "cpu": 32, "memory": 64,
                     "command": ["--region", "us-east-1", "-m", "50", "xray", "-o"],
                     "environment": [{"name": "NO_PROXY", "value": "%1$s"}],
                     "secrets": [{"name": "AWS_ACCESS_KEY_ID", "valueFrom": "arn:aws:ssm:x"}],
                     "portMappings": [{"containerPort": 2000, "protocol": "udp"}]}
                  ]
                }
                """
                        .formatted(SECRET));
        Call call = migrate("task.json");
        assertEquals(
                lines(
                        "Region: us-east-1",
                        "TotalBufferSizeMB: 50",
                        "Socket:",
                        "  UDPAddress: 0.0.0.0:2000",
                        "  TCPAddress: 0.0.0.0:2000",
                        "Version: 2"),
                taken(call));
        assertSaid(
                call,
                "read: container xray-daemon in ",
                "left out  arguments: the last 2: ",
                "stays     NO_PROXY: xrayd obeys it for calls to X-Ray too",
                "stays     AWS_ACCESS_KEY_ID: ",
                "to do     image: ",
                "to do     memory: the container has 64 MB; xrayd needs 90 MB");
        assertTrue(migrate("task.json", "--container", "no")
                .err()
                .contains("has no container of the X-Ray daemon named no; there are app, xray-daemon"));
    }

    @Test
    void shouldReadKubernetesObjectsWithTheirConfigMap() throws IOException {
        write(
                "xray.yaml",
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata:
                  name: xray-daemon
                ---
                apiVersion: apps/v1
                kind: DaemonSet
                metadata:
                  name: xray-daemon
                spec:
                  template:
                    spec:
                      volumes:
                        - name: config-volume
                          configMap:
                            name: "xray-config"
                      containers:
                        - name: xray-daemon
                          image: amazon/aws-xray-daemon
                          command: ["/usr/bin/xray", "-c", "/aws/xray/config.yaml"]
                          resources:
                            limits:
                              memory: 64Mi
                          env:
                            - name: AWS_WEB_IDENTITY_TOKEN_FILE
                              valueFrom: {fieldRef: {fieldPath: x}}
                          volumeMounts:
                            - name: config-volume
                              mountPath: "/aws/xray"
                              readOnly: true
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: xray-config
                data:
                  config.yaml: |-
                    TotalBufferSizeMB: 24
                    Socket:
                      UDPAddress: "0.0.0.0:2000"
                      TCPAddress: "0.0.0.0:2000"
                    Version: 2
                """);
        Call call = migrate("xray.yaml");
        assertEquals(
                "TotalBufferSizeMB: 24\nSocket:\n  UDPAddress: 0.0.0.0:2000\n  TCPAddress: 0.0.0.0:2000\nVersion: 2\n",
                taken(call));
        assertSaid(
                call,
                "changed   -c /aws/xray/config.yaml: its settings are in the new file",
                "same      memory: the container has 64 MB; xrayd needs 64 MB",
                "stays     AWS_WEB_IDENTITY_TOKEN_FILE: both read it");
    }

    @Test
    void shouldReadAComposeFileWithWhatItMounts() throws IOException {
        write("xray/cfg.yaml", "Region: eu-central-1\nVersion: 2\n");
        write("more.env", "# a comment\nAWS_SESSION_TOKEN=" + SECRET + "\nexport AWS_PROFILE=x\n");
        write(
                "compose.yaml",
                """
                services:
                  web:
                    image: shop
                    environment: [AWS_XRAY_DAEMON_ADDRESS=xray:2000]
                  xray:
                    image: amazon/aws-xray-daemon:3.x
                    command: --local-mode --log-level=debug
                    env_file: more.env
                    environment:
                      AWS_REGION: eu-west-3
                    mem_limit: 256m
                    volumes:
                      - ./xray/cfg.yaml:/etc/amazon/xray/cfg.yaml:ro
                      - ~/.aws/:/root/.aws/:ro
                """);
        Call call = migrate("compose.yaml");
        assertEquals(
                lines(
                        "Region: eu-central-1",
                        "Socket:",
                        "  UDPAddress: 0.0.0.0:2000",
                        "  TCPAddress: 0.0.0.0:2000",
                        "Logging:",
                        "  LogLevel: debug",
                        "LocalMode: true",
                        "Version: 2"),
                taken(call));
        assertSaid(
                call,
                "stays     AWS_SESSION_TOKEN: ",
                "stays     AWS_PROFILE: ",
                "same      memory: the container has 256 MB");
    }

    @Test
    void shouldReadADockerfile() throws IOException {
        write("conf/cfg.yaml", "ProxyAddress: http://me:" + SECRET + "@proxy.example:3128\nVersion: 2\n");
        write(
                "Dockerfile",
                """
                FROM golang:1.25 AS build-env
                COPY . .
                FROM amazonlinux:latest
                COPY --from=build-env /workspace/xray .
                # the file
                COPY conf/cfg.yaml /etc/amazon/xray/cfg.yaml
                ENV AWS_REGION=ap-south-1
                ENTRYPOINT ["/xray", "-t", "0.0.0.0:2000", \\
                  "-b", "0.0.0.0:2000"]
                CMD -m 30
                """);
        Call call = migrate("Dockerfile");
        assertEquals(
                lines(
                        "Region: ap-south-1",
                        "TotalBufferSizeMB: 30",
                        "Socket:",
                        "  UDPAddress: 0.0.0.0:2000",
                        "  TCPAddress: 0.0.0.0:2000",
                        "ProxyAddress: http://proxy.example:3128",
                        "Version: 2"),
                taken(call));
        assertSaid(call, "to do     ProxyAddress: http://proxy.example:3128: user and password are left out");
    }

    @Test
    void shouldReadACommandLineAndVariables() throws IOException {
        write("env", "AWS_REGION=eu-north-1\nAWS_SECRET_ACCESS_KEY=" + SECRET + "\n");
        Call call =
                migrate("--command-line", "AWS_PROFILE=p nohup '/opt/x y/xray' -a arn:aws:x -l loud -m 2 -b=", "env");
        assertEquals("Region: eu-north-1\nTotalBufferSizeMB: 3\nResourceARN: arn:aws:x\nVersion: 2\n", taken(call));
        assertSaid(
                call,
                "read: command line",
                "changed   TotalBufferSizeMB: 2 is written as 3",
                "left out  -l: ",
                "left out  Socket.UDPAddress: an empty address");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldReadARunningProcess() throws Exception {
        Path program = Files.copy(Path.of("/bin/sleep"), directory.resolve("xray"));
        write("cfg.yaml", "Region: sa-east-1\nVersion: 2\n");
        // A program that lives, by the daemon's name; sleep adds up what it is given.
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "60").directory(directory.toFile());
        builder.environment().put("AWS_SECRET_ACCESS_KEY", SECRET);
        Process process = builder.start();
        try {
            Call call = migrate("--pid", Long.toString(process.pid()));
            assertEquals("Region: sa-east-1\nVersion: 2\n", taken(call));
            assertSaid(
                    call,
                    "read: process " + process.pid(),
                    "stays     AWS_SECRET_ACCESS_KEY: ",
                    "left out  arguments: the last 1");
        } finally {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no.yaml                            | 1 | there is no file no.yaml",
                ".                                  | 1 | . is a directory",
                "other.yaml                         | 1 | other.yaml is nothing that is known",
                "bad.yaml                           | 1 | bad.yaml is not readable as YAML or JSON: line 3",
                "type.yaml                          | 1 | TotalBufferSizeMB must be a whole number",
                "--command-line=xray=-z             | 1 | the official daemon has no flag -z",
                "--command-line=xray=-m             | 1 | flag needs an argument: -m",
                "--command-line=xray=-m=abc         | 1 | TotalBufferSizeMB (flag -m) is no whole number",
                "--command-line=xray=-v             | 1 | there is nothing to migrate",
                "--command-line=xray=-t=2000        | 1 | xrayd would not start with the result: address 2000: missing port",
                "--command-line=xray --pid=1        | 1 | ",
                "--pid=4194304                      | 1 | there is no process 4194304",
                "--pid=x                            | 2 | Try 'xray migrate --help'",
                "--force                            | 2 | --force is for --output",
                "good.yaml --output good.yaml       | 1 | good.yaml is there already",
                "ring.yaml                          | 1 | ring.yaml has no container of the X-Ray daemon",
                "good.yaml good.yaml                | 1 | two configuration files are given",
            })
    void shouldSayWhatIsWrong(String words, int exitCode, String message) throws IOException {
        write("good.yaml", "Version: 2\n");
        write("other.yaml", "a: " + SECRET + "\n");
        write("bad.yaml", "Region: [\n" + SECRET + ": {\n");
        write(
                "ring.yaml",
                "&a\nkind: List\napiVersion: v1\nitems: [*a, *a]\nspec: &s {template: {spec: *s}, jobTemplate: {spec: *s}}");
        write("type.yaml", "TotalBufferSizeMB: " + SECRET + "\nVersion: 2\n");
        List<String> all = java.util.Arrays.stream(words.split(" +", -1))
                .map(word -> word.startsWith("--command-line")
                        ? word.replaceFirst("xray=", "xray ").replace("=-m=", " -m ")
                        : word)
                .map(word -> word.replace("-t=2000", "-t 2000").replace("-m=abc", "-m abc"))
                .toList();
        Call call = call(all);
        assertEquals(exitCode, call.exitCode(), call.out() + call.err());
        assertTrue(call.err().contains(message == null ? "" : message), call.err());
        assertEquals("", call.out());
        assertFalse(call.err().contains(SECRET), call.err());
    }

    @Test
    void shouldWriteAFileAndJson() throws IOException {
        write("cfg.yaml", "Region: us-east-1\nVersion: 2\n");
        Call call = migrate("cfg.yaml", "--output", "new.yaml", "--json");
        assertEquals(0, call.exitCode(), call.err());
        assertEquals("", call.err());
        Map<String, Object> json = JsonInput.read(call.out());
        assertEquals("file cfg.yaml", json.get("origin"));
        assertEquals(Map.of("Region", "us-east-1"), json.get("configuration"));
        assertEquals(Files.readString(directory.resolve("new.yaml")), json.get("file"));
        assertTrue(
                call.out().contains("{\"kind\":\"same\",\"subject\":\"Region\",\"message\":\"us-east-1 (cfg.yaml)\"}"),
                call.out());
        write("new.yaml", "mine");
        assertEquals(1, migrate("cfg.yaml", "--output", "new.yaml").exitCode());
        assertEquals("mine", Files.readString(directory.resolve("new.yaml")));
        Call forced = migrate("cfg.yaml", "--output", "new.yaml", "--force");
        assertEquals("", forced.out());
        assertSaid(forced, "written: new.yaml");
        assertEquals(json.get("file"), Files.readString(directory.resolve("new.yaml")));
    }
}
