package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.AnswerReader;
import io.github.xrayd.engine.client.ForwardProxy;
import io.github.xrayd.engine.client.HttpPool;
import io.github.xrayd.engine.client.HttpReply;
import io.github.xrayd.engine.client.Origin;
import io.github.xrayd.engine.client.TlsTrust;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/**
 * Prepared requests: their signatures against the SDK's, their bodies of every length, and the connections they go out
 * on.
 */
@Timeout(60)
class ApiPostTest {
    private static final String DONE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    private static final List<String> ENDPOINTS = List.of(
            "http://127.0.0.1:2000",
            "http://127.0.0.1",
            "http://127.0.0.1:80",
            "https://xray.eu-west-1.amazonaws.com",
            "https://xray.eu-west-1.amazonaws.com:443",
            "https://gateway:8443/pre/fix",
            "http://gateway/a%20b/c+d/~e",
            "http://gateway/a%2Fb",
            "http://gateway//double",
            "http://gateway/a/../b/./c",
            "http://[::1]:2000/x",
            "HTTP://Gateway.Example:81");

    private static String text(Random random, int length) {
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static ScriptedService.Call parse(String head, String body) {
        String[] lines = head.split("\r\n", -1);
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length - 2; i++) {
            String[] field = lines[i].split(": ", 2);
            headers.computeIfAbsent(field[0], name -> new ArrayList<>()).add(field[1]);
        }
        String[] request = lines[0].split(" ", -1);
        return new ScriptedService.Call(request[0], request[1], headers, body);
    }

    /** {@code -Dxrayd.signature.seed=N} replays one. */
    @Test
    void shouldSignAsTheSdkDoes() {
        long seed = Long.getLong("xrayd.signature.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            URI endpoint = URI.create(ENDPOINTS.get(i % ENDPOINTS.size()));
            String region = i % 2 == 0 ? "eu-west-1" : "cn-north-1";
            Instant time = Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE), random.nextInt(1_000_000_000));
            ApiPost post = new ApiPost(
                    endpoint,
                    "/TraceSegments",
                    Origin.of(endpoint, ForwardProxy.NONE),
                    region,
                    "agent",
                    Clock.fixed(time, ZoneOffset.UTC));
            ApiPost.PreparedCall call = post.new PreparedCall();
            // Twice with one key and once with another, because keys are kept.
            for (int round = 0; round < 3; round++) {
                AwsCredentials identity = round > 0 && i % 3 == 0
                        ? AwsSessionCredentials.create(text(random, 20), text(random, 40), text(random, 900))
                        : AwsBasicCredentials.create(text(random, 20), i + text(new Random(seed), 40));
                String body = text(random, random.nextInt(200));
                byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
                call.begin(
                        new TestBody(body), identity, Clock.fixed(time.plusSeconds(40_000L * round), ZoneOffset.UTC));
                ApiSigner hash = new ApiSigner(region);
                hash.update(bytes, 0, bytes.length);
                ScriptedService.Call sent = parse(call.head(hash.hash(), bytes.length, identity), body);
                assertTrue(
                        Signatures.isValid(sent, endpoint, region, identity),
                        "round " + round + " of request " + i + " of -Dxrayd.signature.seed=" + seed + ": " + sent);
                assertEquals(
                        identity instanceof AwsSessionCredentials,
                        sent.headers().containsKey("X-Amz-Security-Token"));
            }
        }
    }

    @Test
    void shouldSendAndSignBodiesOfEveryLength() throws Exception {
        int fits = 64 << 10;
        try (ScriptedService service = new ScriptedService()) {
            for (String token : new String[] {"", "t".repeat(20_000)}) {
                ScriptedEnvironment environment = new ScriptedEnvironment();
                if (!token.isEmpty()) {
                    environment.variable("AWS_SESSION_TOKEN", token);
                }
                try (XRayExporter backend = Exporters.create(Exporters.settings(service.uri()), environment)) {
                    for (int length : new int[] {1, fits - 1, fits, fits + 1, 2 * fits, 2 * fits + 1, 460 << 10}) {
                        char[] letters = new char[length];
                        Arrays.fill(letters, 'x');
                        letters[length / 2] = 'y';
                        String body = new String(letters);
                        Answer answer = backend.export(new TestBody(body));
                        assertEquals(AnswerKind.DELIVERED, answer.outcome(), length + ": " + answer.message());
                        ScriptedService.Call call = service.awaitCall();
                        assertEquals(body, call.body());
                        AwsCredentials identity = token.isEmpty()
                                ? AwsBasicCredentials.create(
                                        ScriptedEnvironment.ACCESS_KEY, ScriptedEnvironment.SECRET_KEY)
                                : AwsSessionCredentials.create(
                                        ScriptedEnvironment.ACCESS_KEY, ScriptedEnvironment.SECRET_KEY, token);
                        assertTrue(Signatures.isValid(call, service.uri(), "us-east-1", identity), call.headers() + "");
                    }
                }
            }
        }
    }

    @Test
    void shouldSignWellAfterABodyThatCouldNotBeRead() throws Exception {
        TestBody broken = new TestBody("x".repeat(100_000)) {
            @Override
            public int length() {
                return 200_000;
            }
        };
        try (ScriptedService service = new ScriptedService();
                XRayExporter backend = Exporters.create(service.uri())) {
            for (int i = 0; i < 20; i++) {
                assertEquals(AnswerKind.TRANSIENT, backend.export(broken).outcome());
                assertEquals(
                        AnswerKind.DELIVERED, backend.export(new TestBody()).outcome());
                assertTrue(Signatures.isValid(service.awaitCall(), service.uri(), "us-east-1"));
            }
        }
    }

    private static void readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                throw new IOException("closed");
            }
            head.append((char) c);
        }
        String length = head.toString().replaceFirst("(?s).*Content-Length: (\\d+).*", "$1");
        in.skipNBytes(Long.parseLong(length));
    }

    private interface AfterAnswer {
        void run(Socket socket) throws IOException;
    }

    /** Two calls, with something done to the connection between them; how many connections they took. */
    private static int connections(String answer, AfterAnswer between) throws Exception {
        LinkedBlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
        CountDownLatch isAnswered = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                XRayExporter backend = Exporters.create(URI.create("http://127.0.0.1:" + server.getLocalPort()))) {
            Thread acceptor = new Thread(() -> {
                try {
                    while (true) {
                        Socket socket = server.accept();
                        accepted.add(socket);
                        AfterAnswer then = accepted.size() == 1 ? between : other -> {};
                        Thread serving = new Thread(() -> serve(socket, answer, then, isAnswered));
                        serving.setDaemon(true);
                        serving.start();
                    }
                } catch (IOException e) {
                    // The test has ended.
                    return;
                }
            });
            acceptor.setDaemon(true);
            acceptor.start();
            assertEquals(AnswerKind.DELIVERED, backend.export(new TestBody()).outcome());
            isAnswered.await();
            // Whoever was idle for a moment is asked whether it still stands.
            long startNs = System.nanoTime();
            while (System.nanoTime() - startNs < TimeUnit.MILLISECONDS.toNanos(50)) {
                Thread.onSpinWait();
            }
            Answer second = backend.export(new TestBody());
            assertEquals(AnswerKind.DELIVERED, second.outcome(), second.message());
            int count = accepted.size();
            for (Socket socket : accepted) {
                socket.close();
            }
            return count;
        }
    }

    private static void serve(Socket socket, String answer, AfterAnswer then, CountDownLatch isAnswered) {
        try {
            while (true) {
                readRequest(socket.getInputStream());
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                then.run(socket);
                isAnswered.countDown();
            }
        } catch (IOException e) {
            // The client has closed, or the test did.
            return;
        }
    }

    @Test
    void shouldKeepConnectionsAndNotSendOnOneThatWasClosedWhileIdle() throws Exception {
        assertEquals(1, connections(DONE, socket -> {}));
        assertEquals(2, connections(DONE, Socket::close));
        assertEquals(2, connections(DONE, socket -> {
            socket.setSoLinger(true, 0);
            socket.close();
        }));
        assertEquals(2, connections(DONE, socket -> socket.shutdownOutput()));
        // An answer that nobody asked for would be taken for the next call's.
        assertEquals(2, connections(DONE, socket -> socket.getOutputStream()
                .write(DONE.getBytes(StandardCharsets.US_ASCII))));
        assertEquals(2, connections(DONE + DONE, socket -> {}));
        assertEquals(2, connections(DONE.replace("Content", "Connection: close\r\nContent"), socket -> {}));
        assertEquals(2, connections(DONE.replace("Content", "Keep-Alive: timeout=0\r\nContent"), socket -> {}));
        assertEquals(1, connections(DONE.replace("Content", "Keep-Alive: timeout=5, max=9\r\nContent"), socket -> {}));
        assertEquals(2, connections(DONE.replace("1.1 200", "1.0 200"), socket -> {}));
    }

    @Test
    void shouldNotHoldMoreConnectionsThanItMay() throws Exception {
        CountDownLatch isOpen = new CountDownLatch(1);
        AtomicInteger open = new AtomicInteger();
        AtomicInteger openMax = new AtomicInteger();
        try (ScriptedService service = new ScriptedService().always(call -> {
                    openMax.accumulateAndGet(open.incrementAndGet(), Math::max);
                    isOpen.await(30, TimeUnit.SECONDS);
                    open.decrementAndGet();
                    return ScriptedService.Script.of(200, "{}");
                });
                HttpPool pool = new HttpPool(TlsTrust.javas(), 2, Duration.ofSeconds(40))) {
            URI endpoint = service.uri();
            ApiPost post = new ApiPost(
                    endpoint,
                    "/TraceSegments",
                    Origin.of(endpoint, ForwardProxy.NONE),
                    "us-east-1",
                    "agent",
                    Clock.systemUTC());
            AnswerReader answers = new AnswerReader(1_000, 1_000);
            LinkedBlockingQueue<Integer> statuses = new LinkedBlockingQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> {
                    try (HttpReply reply = post.call(
                            pool, new TestBody(), AwsBasicCredentials.create("a", "b"), Clock.systemUTC(), answers)) {
                        statuses.add(reply.status());
                    } catch (IOException e) {
                        statuses.add(-1);
                    }
                });
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            while (service.calls.size() < 2
                    || threads.stream().noneMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING)) {
                Thread.onSpinWait();
            }
            isOpen.countDown();
            for (int i = 0; i < 3; i++) {
                assertEquals(200, statuses.poll(30, TimeUnit.SECONDS));
            }
            assertEquals(2, openMax.get());
        }
    }
}
