package io.github.xrayd.cli.conformance;

import io.github.xrayd.cli.XrayProcess;
import io.github.xrayd.testing.SelfSigned;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Runs one case of the table against the distribution; used by one thread. */
final class CaseRun {
    private static final String HEADER = "{\"format\": \"json\", \"version\": 1}\n";
    private static final String READY = "HTTP Proxy server using X-Ray Endpoint";
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(30);

    private final Case theCase;
    private final Path directory;
    private final Map<String, String> places = new LinkedHashMap<>();
    private final Map<String, PortCall.Reply> replies = new LinkedHashMap<>();
    private int udpPort;
    private int tcpPort;

    CaseRun(Case theCase, Path directory) {
        this.theCase = theCase;
        this.directory = directory;
    }

    Outcome run() throws IOException, InterruptedException, GeneralSecurityException {
        try (DatagramSocket busyUdp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket busyTcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                StandIn standIn = new StandIn(theCase.isTls() ? SelfSigned.context(directory) : null)) {
            places(busyUdp.getLocalPort(), busyTcp.getLocalPort(), standIn);
            standIn.answers(theCase.answers().stream().map(this::filled).toList());
            for (Map.Entry<String, String> file : theCase.start().files().entrySet()) {
                write(directory.resolve(file.getKey()), fill(file.getValue()));
            }
            try (XrayProcess xray = start()) {
                steps(xray, standIn);
                int exitCode = xray.end();
                return new Outcome(exitCode, xray.out(), xray.err(), files(), standIn.asked(), replies, this::fill);
            }
        }
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        if (content.startsWith("SIZE ")) {
            try (RandomAccessFile sized = new RandomAccessFile(file.toFile(), "rw")) {
                sized.setLength(Long.parseLong(content.substring(5)));
            }
            return;
        }
        Files.writeString(file, content);
        if (content.startsWith("#!")) {
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private void places(int busyUdp, int busyTcp, StandIn standIn) throws IOException {
        try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            udpPort = udp.getLocalPort();
            tcpPort = tcp.getLocalPort();
        }
        places.put("{UDP}", Integer.toString(udpPort));
        places.put("{TCP}", Integer.toString(tcpPort));
        places.put("{UDP_BUSY}", Integer.toString(busyUdp));
        places.put("{TCP_BUSY}", Integer.toString(busyTcp));
        places.put("{BACKEND}", standIn.url());
        places.put("{BACKEND_ADDRESS}", standIn.url().replaceFirst("https?://", ""));
        places.put("{DIRECTORY}", directory.toString());
        places.put("{LATER}", Instant.now().plusSeconds(3_600).toString());
        places.put("{LATER_MS}", Long.toString(System.currentTimeMillis() + 3_600_000));
        places.put("{PATH}", String.valueOf(System.getenv("PATH")));
        places.put("{VERSION}", "0.1.0");
        places.put("{HEADER}", HEADER);
        places.put("{LONG}", "x".repeat(100_000));
    }

    private String fill(String text) {
        String filled = text;
        for (Map.Entry<String, String> place : places.entrySet()) {
            filled = filled.replace(place.getKey(), place.getValue());
        }
        return filled;
    }

    private Case.Answer filled(Case.Answer answer) {
        return new Case.Answer(
                answer.path(),
                answer.status(),
                answer.headers(),
                fill(answer.body()),
                answer.times(),
                answer.delayMs(),
                answer.isReset());
    }

    private XrayProcess start() throws IOException {
        List<String> words = new ArrayList<>();
        if (!theCase.start().isRaw()) {
            words.addAll(List.of("-o", "-n", "us-east-1", "-b", "127.0.0.1:{UDP}", "-t", "127.0.0.1:{TCP}"));
            words.addAll(List.of("--endpoint", "{BACKEND}"));
        }
        words.addAll(theCase.start().words());
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("AWS_EC2_METADATA_DISABLED", "true");
        theCase.start().environment().forEach((name, value) -> environment.put(name, fill(value)));
        // A build under nohup ignores SIGHUP, and so would all that it starts.
        List<String> before = theCase.start().ignoredSignals().isEmpty()
                ? List.of("env", "--default-signal=HUP")
                : List.of(
                        "sh",
                        "-c",
                        "trap '' " + String.join(" ", theCase.start().ignoredSignals()) + "; exec \"$0\" \"$@\"");
        return XrayProcess.start(
                directory, environment, before, words.stream().map(this::fill).toList());
    }

    private void steps(XrayProcess xray, StandIn standIn) throws IOException, InterruptedException {
        List<Case.Step> steps = theCase.steps();
        boolean isAwaited = !theCase.start().isRaw()
                && steps.stream().noneMatch(step -> step.verb().equals("not-ready"));
        if (isAwaited) {
            xray.awaitOut(READY);
        }
        boolean isSignalled = false;
        for (Case.Step step : steps) {
            boolean isSignal = step.verb().equals("signal");
            if (isSignal && List.of("TERM", "INT").contains(step.object())) {
                isSignalled = true;
            }
            try {
                take(step, xray, standIn);
            } catch (AssertionError e) {
                throw new AssertionError(step + ": " + e.getMessage() + ": " + xray.out() + xray.err() + files(), e);
            }
        }
        if (!theCase.start().isRaw() && !isSignalled && theCase.exitCode() == 0) {
            xray.signal("TERM");
        }
    }

    private void take(Case.Step step, XrayProcess xray, StandIn standIn) throws IOException, InterruptedException {
        String text = fill(String.valueOf(step.object()));
        switch (step.verb()) {
            case "not-ready" -> {}
            case "await-out" -> xray.awaitOut(text);
            case "await-tcp" -> until(this::isAccepting);
            case "await-file" -> until(() -> isLineIn(text));
            case "await-request" -> {
                String[] words = text.split(" ", -1);
                standIn.await(words[0], words.length > 1 ? Integer.parseInt(words[1]) : 1);
            }
            case "signal" -> xray.signal(text);
            case "send" -> datagram(HEADER + text);
            case "datagram" -> datagram(text);
            case "burst" -> burst(Integer.parseInt(text));
            case "large" -> {
                for (int i = 0; i < Integer.parseInt(text); i++) {
                    datagram(HEADER + "x".repeat(65_507 - HEADER.length()));
                }
            }
            case "rename" -> {
                String[] names = text.split(" ", -1);
                Files.move(
                        directory.resolve(names[0]), directory.resolve(names[1]), StandardCopyOption.REPLACE_EXISTING);
            }
            case "call" -> call(step.object());
            case "raw-call" -> rawCall(step.object());
            case "garbage" -> replies.put("garbage", PortCall.send(tcpPort, text, new byte[0]));
            default -> throw new IllegalArgumentException("no such step: " + step.verb());
        }
    }

    private void rawCall(Object object) throws IOException {
        if (!(object instanceof Map<?, ?> call)) {
            throw new IllegalArgumentException("a raw call is a mapping: " + object);
        }
        replies.put(
                String.valueOf(call.get("name")),
                PortCall.send(tcpPort, String.valueOf(call.get("text")), new byte[0]));
    }

    private void call(Object object) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!(object instanceof Map<?, ?> call)) {
            throw new IllegalArgumentException("a call is a mapping: " + object);
        }
        if (call.get("headers") instanceof Map<?, ?> given) {
            given.forEach((name, value) -> headers.put(String.valueOf(name), fill(String.valueOf(value))));
        }
        String name = String.valueOf(call.get("name"));
        String method = call.get("method") instanceof String given ? given : "POST";
        String body = call.get("body") instanceof String given ? given : "";
        replies.put(name, PortCall.make(tcpPort, method, String.valueOf(call.get("path")), headers, body));
    }

    private void datagram(String text) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), udpPort));
        }
    }

    private void burst(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            datagram(HEADER + "{\"id\":\"" + i + "\"}");
        }
    }

    private boolean isAccepting() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcpPort)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** {@code NAME TEXT}: whether the file has a line with that text; without a text, whether it is there. */
    private boolean isLineIn(String nameAndText) {
        int blank = nameAndText.indexOf(' ');
        String name = nameAndText.substring(0, blank);
        if (blank == nameAndText.length() - 1) {
            return Files.exists(directory.resolve(name));
        }
        return lines(name).stream().anyMatch(line -> line.contains(nameAndText.substring(blank + 1)));
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(Condition condition) {
        long deadlineNs = System.nanoTime() + DEADLINE_NS;
        while (!condition.holds()) {
            if (System.nanoTime() > deadlineNs) {
                throw new AssertionError("not within the deadline");
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    private Map<String, List<String>> files() {
        Map<String, List<String>> files = new LinkedHashMap<>();
        for (Case.Row row : theCase.rows()) {
            row.expected().file().keySet().forEach(name -> files.put(name, lines(name)));
        }
        return files;
    }

    private List<String> lines(String name) {
        try {
            Path file = directory.resolve(name);
            if (!Files.exists(file)) {
                return List.of();
            }
            long size = Files.size(file);
            return size < 1 << 20 ? Files.readAllLines(file) : List.of("(" + size + " bytes)");
        } catch (IOException e) {
            return List.of();
        }
    }
}
