import com.amazonaws.xray.AWSXRayRecorder;
import com.amazonaws.xray.AWSXRayRecorderBuilder;
import com.amazonaws.xray.config.DaemonConfiguration;
import com.amazonaws.xray.emitters.Emitter;
import com.amazonaws.xray.strategy.sampling.AllSamplingStrategy;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Whether an installed daemon does its work: starts it, sends segments by the X-Ray SDK for Java, waits for them at an X-Ray API on
 * loopback, stops the daemon by SIGTERM and compares its ledger.
 *
 * <p>Arguments: how many segments, then the command that becomes the daemon. Region, endpoint, credentials and free ports are added to it.
 * Exit code 0 when everything held; else the reason and the daemon's output are printed. {@code XRAY_CHECK} may name a command, split at
 * blanks, that must succeed while the daemon runs; {@code PORT} in it becomes the daemon's TCP port.
 */
public final class Delivery {
    private static final long WAIT_NS_MAX = 120_000_000_000L;

    private Delivery() {}

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        Path log = Files.createTempFile("delivery", ".log");
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            AtomicInteger arrived = new AtomicInteger();
            sandbox.arrivals().addListener((document, micros) -> arrived.incrementAndGet());
            int port = freePort();
            List<String> command = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
            command.addAll(List.of("-o", "-n", SandboxConfig.REGION, "-b", "127.0.0.1:" + port, "-t", "127.0.0.1:" + port));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("XRAY_") || name.startsWith("AWS_"));
            environment.put("XRAY_ENDPOINT", sandbox.endpoint().toString());
            environment.put("AWS_ACCESS_KEY_ID", SandboxConfig.ACCESS_KEY);
            environment.put("AWS_SECRET_ACCESS_KEY", SandboxConfig.SECRET_KEY);
            Process daemon = builder.start();
            try {
                await("the daemon opens its port", () -> !daemon.isAlive() || accepts(port));
                send("127.0.0.1:" + port, count);
                await(count + " segments arrive", () -> arrived.get() >= count || !daemon.isAlive());
                check(port);
                daemon.destroy();
                if (!daemon.waitFor(60, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("the daemon does not end after SIGTERM");
                }
            } finally {
                daemon.destroyForcibly();
            }
            String ledger = "Ledger: " + count + " received = " + count + " delivered";
            if (daemon.exitValue() != 0 || !Files.readString(log).contains(ledger)) {
                throw new IllegalStateException("the daemon ended with " + daemon.exitValue() + ", its log must have: " + ledger);
            }
            Files.delete(log);
            System.exit(0);
        } catch (IllegalStateException e) {
            System.err.println("FAILED: " + String.join(" ", Arrays.asList(args).subList(1, args.length)) + ": " + e.getMessage());
            System.err.println(Files.readString(log));
            System.exit(1);
        }
    }

    private static void send(String address, int count) throws IOException {
        DaemonConfiguration configuration = new DaemonConfiguration();
        configuration.setDaemonAddress(address);
        AWSXRayRecorder recorder = AWSXRayRecorderBuilder.standard()
                .withEmitter(Emitter.create(configuration))
                .withSamplingStrategy(new AllSamplingStrategy())
                .build();
        for (int i = 0; i < count; i++) {
            recorder.beginSegment("installed");
            recorder.endSegment();
            if (i % 100 == 99) {
                sleep(20);
            }
        }
    }

    private static void check(int port) throws IOException, InterruptedException {
        String command = System.getenv("XRAY_CHECK");
        if (command != null) {
            Process check = new ProcessBuilder(command.replace("PORT", Integer.toString(port)).split(" "))
                    .inheritIO()
                    .start();
            if (check.waitFor() != 0) {
                throw new IllegalStateException(command + " ended with " + check.exitValue());
            }
        }
    }

    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                new DatagramSocket(tcp.getLocalPort(), InetAddress.getByName("127.0.0.1")).close();
                return tcp.getLocalPort();
            } catch (java.net.BindException e) {
                sleep(1);
            }
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + WAIT_NS_MAX;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) {
                throw new IllegalStateException("waited too long until " + what);
            }
            sleep(20);
        }
    }

    private static void sleep(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
