package io.github.xrayd.chaos;

import io.github.xrayd.sandbox.Fault;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the daemon sends to: an endpoint on loopback and, where a scenario needs one, a proxy before it. */
final class TestBed implements AutoCloseable {
    private static final String SEGMENTS = "PutTraceSegments";
    private static final String NEXT_KEY = "AKIDROTATEDEXAMPLE";
    private static final String NEXT_SECRET = "jK3rXUtnFEMI/K7MDENG+bPxRfiCYROTATEDKEY0";

    private final AdjustableClock clock = new AdjustableClock();
    private final Sandbox sandbox;
    private final @Nullable FaultyProxy proxy;
    private final Path folder = Files.createTempDirectory("xray-chaos-");
    private final AtomicLong struckElsewhere = new AtomicLong();
    private @Nullable ControlGroup group;

    private TestBed(long seed, boolean isProxied) throws IOException {
        sandbox = Sandbox.start(SandboxConfig.builder()
                .keepDocuments(false)
                .threads(32)
                .credentials(Map.of(SandboxConfig.ACCESS_KEY, SandboxConfig.SECRET_KEY, NEXT_KEY, NEXT_SECRET))
                .clock(clock)
                .build());
        sandbox.faults().seed(seed);
        proxy = isProxied
                ? FaultyProxy.start(
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(),
                                sandbox.endpoint().getPort()),
                        seed)
                : null;
    }

    /** Starts endpoint and proxy, well behaved. */
    static TestBed start(long seed, boolean isProxied) throws IOException {
        return new TestBed(seed, isProxied);
    }

    /** Where the daemon sends to. */
    URI endpoint() {
        return proxy == null ? sandbox.endpoint() : proxy.endpoint();
    }

    Sandbox sandbox() {
        return sandbox;
    }

    FaultyProxy proxy() {
        if (proxy == null) {
            throw new IllegalStateException("This scenario has no proxy");
        }
        return proxy;
    }

    /** Makes uploads fail as configured, each with its own share. */
    void fail(Fault... faults) {
        List<Fault> onSegments = new ArrayList<>();
        for (Fault fault : faults) {
            onSegments.add(fault.on(SEGMENTS));
        }
        sandbox.faults().set(onSegments);
    }

    /** Makes each of these operations fail in the same way. */
    void failOn(List<String> operations, Fault fault) {
        sandbox.faults().set(operations.stream().map(fault::on).toList());
    }

    /** The file with the credentials, for {@code AWS_SHARED_CREDENTIALS_FILE}; written when it is not there. */
    Path credentialsFile() throws IOException {
        Path file = folder.resolve("credentials");
        if (!Files.exists(file)) {
            writeCredentials(file, SandboxConfig.ACCESS_KEY, SandboxConfig.SECRET_KEY);
        }
        return file;
    }

    /** From now on the service refuses the first credentials as expired. */
    void expireCredentials() {
        fail(Fault.expiredCredentials());
        sandbox.revoke(SandboxConfig.ACCESS_KEY);
    }

    /** Renames a file with other credentials over {@link #credentialsFile}. */
    void rotateCredentials() throws IOException {
        Path next = folder.resolve("credentials.next");
        writeCredentials(next, NEXT_KEY, NEXT_SECRET);
        Files.move(next, credentialsFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeCredentials(Path file, String key, String secret) throws IOException {
        Files.writeString(file, "[default]\naws_access_key_id = " + key + "\naws_secret_access_key = " + secret + "\n");
    }

    /** Makes the control group in which the daemon is to run. */
    ControlGroup makeGroup(String controller) throws IOException {
        ControlGroup created = ControlGroup.create(controller);
        group = created;
        return created;
    }

    /** The control group in which the daemon runs. */
    ControlGroup group() {
        if (group == null) {
            throw new IllegalStateException("This scenario has no control group");
        }
        return group;
    }

    /** Something has happened that neither endpoint nor proxy counts. */
    void onStruck() {
        struckElsewhere.incrementAndGet();
    }

    /** The service's clock runs ahead of the daemon's, for signatures and in answers. */
    void setServiceAhead(Duration ahead) {
        clock.setAhead(ahead);
        proxy().shiftDates(ahead);
    }

    /** Makes all well again. */
    void behave() throws IOException, InterruptedException {
        sandbox.faults().clear();
        clock.setAhead(Duration.ZERO);
        if (proxy != null) {
            proxy.behave();
        }
    }

    /** To how many requests or pieces something has happened. */
    long struck() {
        return sandbox.faults().struck() + (proxy == null ? 0 : proxy.struck()) + struckElsewhere.get();
    }

    /** Called when the daemon has ended. */
    @Override
    public void close() throws IOException {
        if (proxy != null) {
            proxy.close();
        }
        sandbox.close();
        if (group != null) {
            group.close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
