package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.system.Await;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code xray sandbox} and {@code xray load} as a developer calls them. */
class SandboxCommandIT {
    private static final Pattern ENDPOINT = Pattern.compile("X-Ray endpoint on (http://\\S+) .*");
    private static final Pattern DAEMON = Pattern.compile("daemon on UDP (\\S+) .*");
    private static final String FREE_PORTS = " --port 0 --udp 0.0.0.0:0 --tcp 0.0.0.0:0";
    private static final String PORTS = " --port 0 --udp 127.0.0.1:0 --tcp 127.0.0.1:0";

    @TempDir
    Path directory;

    private XrayProcess start(Map<String, String> environment, String words) throws Exception {
        return XrayProcess.start(directory, environment, List.of(words.split(" ")));
    }

    private static String found(Pattern pattern, XrayProcess xray) {
        for (String line : xray.out()) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        throw new AssertionError("no line as " + pattern + " in " + xray.out());
    }

    @Test
    void shouldPrintTheDemosTracesAndASummaryWhateverTheEnvironmentSaysOfAws() throws Exception {
        Map<String, String> environment = Map.of(
                "HTTPS_PROXY",
                "http://127.0.0.1:1",
                "AWS_REGION",
                "eu-west-1",
                "AWS_ACCESS_KEY_ID",
                "other",
                "AWS_SESSION_TOKEN",
                "other");
        try (XrayProcess xray = start(environment, "sandbox --demo --rate 20 --duration 3s" + PORTS)) {
            assertEquals(0, xray.end(), () -> xray.err().toString());
            assertTrue(xray.out().stream().anyMatch(line -> line.contains("shop-frontend") && line.contains("GET /")));
            String last = xray.out().get(xray.out().size() - 1);
            Matcher counts = Pattern.compile("daemon: (\\d+) received, (\\d+) delivered, 0 rejected, 0 dropped, .*")
                    .matcher(last);
            assertTrue(counts.matches(), last);
            assertEquals(counts.group(1), counts.group(2));
            assertEquals(List.of(), xray.err());
        }
    }

    @Test
    void shouldVerifyALoadAndEndOnASignal() throws Exception {
        try (XrayProcess sandbox = start(Map.of(), "sandbox --quiet" + PORTS)) {
            sandbox.awaitOut("daemon on UDP");
            String target = " --to " + found(DAEMON, sandbox) + " --verify " + found(ENDPOINT, sandbox);
            try (XrayProcess load = start(Map.of(), "load --rate 1000 --count 1000 --mix --sources 8" + target)) {
                assertEquals(0, load.end(), () -> load.out() + " " + load.err());
                assertTrue(
                        load.out().get(0).startsWith("run  "), () -> load.out().toString());
                assertTrue(load.out().contains("arrived     1,000 of 1,000 (100 %)"), () -> load.out()
                        .toString());
            }
            sandbox.signal("TERM");
            assertEquals(0, sandbox.end());
        }
    }

    @Test
    void shouldAnswerAsTheServiceAndSayWhy() throws Exception {
        String good =
                "{\"trace_id\":\"1-6b012eb6-000000000000000000000001\",\"id\":\"0000000000000001\",\"start_time\":1,"
                        + "\"end_time\":2";
        List<String> documents = List.of(
                good + ",\"name\":\"fine\"}",
                good + "}",
                good.replace(",\"end_time\":2", "") + ",\"name\":\"no end\"}",
                "{\"id\":\"0000000000000001\",\"name\":\"no trace\",\"start_time\":1,\"end_time\":2}",
                "no segment");
        List<String> reasons = List.of("InvalidName", "MissingEndTime", "InvalidTraceId", "ParseError");
        try (XrayProcess strict = start(Map.of(), "sandbox" + PORTS);
                XrayProcess lax = start(Map.of(), "sandbox --accept-all" + PORTS)) {
            for (XrayProcess xray : List.of(strict, lax)) {
                xray.awaitOut("daemon on UDP");
                send(found(DAEMON, xray), documents);
            }
            for (String reason : reasons) {
                strict.awaitOut("unprocessed: " + reason + " (");
            }
            lax.awaitOut("no segment");
            strict.signal("TERM");
            lax.signal("TERM");
            assertEquals(0, strict.end());
            assertEquals(0, lax.end());
            assertTrue(strict.out().stream().anyMatch(line -> line.contains("  fine ")), strict.out()::toString);
            assertTrue(
                    strict.out().stream().anyMatch(line -> line.matches("\\d+ unprocessed: InvalidName: .*")),
                    strict.out()::toString);
            assertTrue(lax.out().stream().noneMatch(line -> line.contains("unprocessed: ")), lax.out()::toString);
        }
    }

    @Test
    void shouldListenInARegionWithoutSignaturesAndServeRulesOfAFile() throws Exception {
        Files.writeString(directory.resolve("rules.json"), "{\"rules\":[{\"RuleName\":\"mine\",\"FixedRate\":0.25}]}");
        String words =
                "sandbox --bind 0.0.0.0 --region eu-central-1 --no-auth --sampling-rules rules.json" + FREE_PORTS;
        try (XrayProcess xray = start(Map.of(), words)) {
            xray.awaitOut("daemon on UDP 0.0.0.0:");
            xray.awaitOut("(region eu-central-1");
            String rules = post(found(ENDPOINT, xray) + "/GetSamplingRules");
            assertTrue(rules.contains("\"RuleName\":\"mine\"") && rules.contains("\"FixedRate\":0.25"), rules);
            xray.signal("TERM");
            assertEquals(0, xray.end());
        }
        Files.writeString(directory.resolve("rules.json"), "[");
        try (XrayProcess xray = start(Map.of(), words)) {
            assertEquals(2, xray.end());
            assertTrue(
                    xray.err().get(0).startsWith("xray sandbox: --sampling-rules rules.json: not JSON"),
                    xray.err()::toString);
        }
    }

    @Test
    void shouldPrintThePagesAddressAndOpenIt() throws Exception {
        Path opener = directory.resolve("xdg-open");
        Files.writeString(opener, "#!/bin/sh\necho \"$1\" > opened.part && mv opened.part opened\n");
        assertTrue(opener.toFile().setExecutable(true));
        Map<String, String> environment = Map.of("PATH", directory + ":" + System.getenv("PATH"));
        try (XrayProcess xray = start(environment, "sandbox --open --quiet" + PORTS)) {
            xray.awaitOut("page with traces");
            String address = found(ENDPOINT, xray) + "/";
            assertTrue(
                    xray.out().contains("page with traces, service map and faults: " + address), xray.out()::toString);
            Path opened = directory.resolve("opened");
            Await.until("the page is opened", Await.LONG, () -> Files.exists(opened));
            assertEquals(address, Files.readString(opened).strip());
            HttpResponse<String> page = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
            assertTrue(page.body().contains("<title>X-Ray sandbox</title>"), page.body());
            xray.signal("TERM");
            assertEquals(0, xray.end());
        }
    }

    @Test
    void shouldPrintTreesAndTellThemLater() throws Exception {
        String id = "1-%08x-000000000000000000000001".formatted(System.currentTimeMillis() / 1000);
        double start = System.currentTimeMillis() / 1e3 - 1;
        String document = ("{\"trace_id\":\"%s\",\"id\":\"0000000000000001\",\"name\":\"shop\",\"start_time\":%.3f,"
                        + "\"end_time\":%.3f,\"http\":{\"request\":{\"method\":\"GET\",\"url\":\"http://shop/cart\"}},"
                        + "\"subsegments\":[{\"id\":\"0000000000000002\",\"name\":\"bank\",\"namespace\":\"remote\",\"fault\":true,"
                        + "\"start_time\":%.3f,\"end_time\":%.3f}]}")
                .formatted(id, start, start + 0.5, start + 0.1, start + 0.4);
        try (XrayProcess sandbox = start(Map.of(), "sandbox --keep 1" + PORTS)) {
            sandbox.awaitOut("daemon on UDP");
            send(found(DAEMON, sandbox), List.of(document));
            sandbox.awaitOut("  " + id + "  ");
            sandbox.awaitOut("  └─ bank");
            String url = " --url " + found(ENDPOINT, sandbox);
            List<String> list = ask(0, "traces --since 10m --filter service(\"shop\"){ok}" + url);
            assertEquals(1, list.size());
            assertTrue(list.get(0).matches("\\S+  " + id + " +500 ms  ok +shop  GET /cart"), list.get(0));
            assertTrue(ask(0, "traces --json" + url).get(0).startsWith("{\"traces\":[{\"id\":\"" + id));
            List<String> tree = ask(0, "trace " + id + url);
            assertEquals(3, tree.size());
            assertTrue(tree.get(2).contains("└─ bank") && tree.get(2).endsWith("300 ms  [fault]"), tree.get(2));
            assertTrue(ask(0, "trace --json " + id + url).get(0).startsWith("{\"Id\":\"" + id));
            assertTrue(ask(2, "trace 1-0-0" + url).get(0).startsWith("xray trace: There is no trace 1-0-0"));
            String daemon = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(found(ENDPOINT, sandbox) + "/page/api/daemon"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            assertTrue(daemon.contains("\"ready\":true") && daemon.contains("\"delivered\":1"), daemon);
            assertTrue(ask(2, "traces --filter nonsense" + url).get(0).contains("does not know nonsense"));
            sandbox.signal("TERM");
            assertEquals(0, sandbox.end());
        }
        assertTrue(ask(1, "traces --url http://127.0.0.1:1").get(0).contains("start one with xray sandbox"));
        assertTrue(
                ask(2, "sandbox --daemon here" + PORTS).get(0).contains("is not the address of a daemon's TCP port"));
        assertTrue(ask(2, "sandbox --keep 0").get(0).contains("--keep must be 1 to"));
    }

    /** What a command prints: its output when it ends with 0, else its errors. */
    private List<String> ask(int exitCode, String words) throws Exception {
        try (XrayProcess xray = start(Map.of(), words)) {
            assertEquals(exitCode, xray.end(), () -> xray.out() + " " + xray.err());
            return exitCode == 0 ? xray.out() : xray.err();
        }
    }

    private static void send(String target, List<String> documents) throws Exception {
        int port = Integer.parseInt(target.substring(target.lastIndexOf(':') + 1));
        try (DatagramSocket socket = new DatagramSocket()) {
            for (String document : documents) {
                byte[] bytes = ("{\"format\":\"json\",\"version\":1}\n" + document).getBytes(StandardCharsets.UTF_8);
                socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            }
        }
    }

    private static String post(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Test
    void shouldEndALoadWithOneWhenSomethingIsLost() throws Exception {
        try (XrayProcess sandbox = start(Map.of(), "sandbox --quiet --unprocessed 1" + PORTS)) {
            sandbox.awaitOut("daemon on UDP");
            String target = " --to " + found(DAEMON, sandbox) + " --verify " + found(ENDPOINT, sandbox);
            try (XrayProcess load = start(Map.of(), "load --rate 1000 --count 10 --settle 1500ms" + target)) {
                assertEquals(1, load.end(), () -> load.out() + " " + load.err());
                assertTrue(load.out().contains("lost        10 (100 %)"), () -> load.out()
                        .toString());
            }
            sandbox.signal("TERM");
            sandbox.signal("TERM");
            assertEquals(0, sandbox.end());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithALoad() throws Exception {
        try (XrayProcess load = start(Map.of(), "load --rate -5")) {
            assertEquals(2, load.end());
            assertTrue(load.err().get(0).startsWith("xray load: the rate -5.0 is not between"), load.err()::toString);
        }
        try (XrayProcess load = start(Map.of(), "load --count 1 --verify http://127.0.0.1:1")) {
            assertEquals(1, load.end());
            assertTrue(load.err().get(0).contains("start the sandbox first"), load.err()::toString);
        }
    }
}
