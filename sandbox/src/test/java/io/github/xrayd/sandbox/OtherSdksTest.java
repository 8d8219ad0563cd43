package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.xrayd.sandbox.junit.ExampleProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The AWS SDKs of other languages, where they are installed: each calls every operation that it knows, and reads a
 * trace.
 */
class OtherSdksTest {
    private static final long SECONDS_MAX = 120;

    /** What requests with the least fields may be answered. */
    private static final Set<String> ANSWERS =
            Set.of("ok", "InvalidRequestException", "ResourceNotFoundException", "MalformedPolicyDocumentException");

    @TempDir
    private Path directory;

    private Sandbox sandbox;
    private String traceId;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.start(SandboxConfig.builder().threads(4).build());
        Map<String, Object> segment = PageDocuments.segment(7, "shop", 0.5);
        segment.put("fault", true);
        sandbox.traces().add(Json.writeText(segment), System.currentTimeMillis() * 1_000);
        traceId = String.valueOf(segment.get("trace_id"));
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @Test
    void shouldServeBoto3() throws Exception {
        for (String python : List.of("/usr/bin/python3", "python3")) {
            if (ExampleProgram.isWorking(python, "-c", "import boto3")) {
                assertServed(
                        run(
                                python,
                                script("every_operation.py"),
                                sandbox.endpoint().toString(),
                                sandbox.config().region(),
                                traceId),
                        20);
                return;
            }
        }
        abort("boto3 is not installed (Debian: python3-boto3)");
    }

    @Test
    void shouldServeTheSdkForJavaScript() throws Exception {
        Path modules = Path.of("target/npm").toAbsolutePath();
        if (!ExampleProgram.isWorking("node", "--version")
                || !Files.exists(modules.resolve("node_modules/@aws-sdk/client-xray"))) {
            abort(
                    "@aws-sdk/client-xray is not installed (npm install --prefix sandbox/target/npm @aws-sdk/client-xray)");
        }
        assertServed(
                run(
                        "node",
                        script("every_operation.mjs"),
                        modules.toString(),
                        sandbox.endpoint().toString(),
                        sandbox.config().region(),
                        traceId),
                38);
    }

    private void assertServed(List<String> lines, int operationsMin) {
        Map<String, String> results = new TreeMap<>();
        for (String line : lines) {
            int blank = line.indexOf(' ');
            results.put(blank < 0 ? line : line.substring(0, blank), line.substring(blank + 1));
        }
        assertEquals(traceId, results.remove("summary"));
        assertEquals("0000000000000007", results.remove("segment"));
        results.forEach((operation, answer) -> assertTrue(ANSWERS.contains(answer), operation + ": " + answer));
        assertTrue(results.size() >= operationsMin, results.toString());
    }

    private String script(String name) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream in = OtherSdksTest.class.getResourceAsStream("clients/" + name)) {
            Files.copy(Objects.requireNonNull(in), file);
        }
        return file.toString();
    }

    private List<String> run(String... command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(directory.resolve("err").toFile())
                .redirectOutput(out.toFile());
        builder.environment().put("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY);
        builder.environment().put("AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
        builder.environment().keySet().removeAll(Set.of("AWS_SESSION_TOKEN", "AWS_PROFILE"));
        Process process = builder.start();
        assertTrue(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS), "it does not end");
        assertEquals(0, process.exitValue(), Files.readString(directory.resolve("err")));
        return Files.readAllLines(out, StandardCharsets.UTF_8);
    }
}
