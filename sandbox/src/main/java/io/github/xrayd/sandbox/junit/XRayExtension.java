package io.github.xrayd.sandbox.junit;

import io.github.xrayd.sandbox.DocumentMode;
import io.github.xrayd.sandbox.SamplingRule;
import io.github.xrayd.sandbox.Sandbox;
import io.github.xrayd.sandbox.SandboxConfig;
import io.github.xrayd.sandbox.SignatureMode;
import io.github.xrayd.sandbox.TraceStyle;
import io.github.xrayd.sandbox.TraceTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * X-Ray for tests: an endpoint and a daemon's ports on loopback, started before the first test of a class and emptied
 * before each one.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final XRayExtension XRAY = new XRayExtension();
 *
 * @Test
 * void shouldTraceTheCheckout() {
 *     // an application whose AWS_XRAY_DAEMON_ADDRESS is XRAY.daemonAddress()
 *     String traceId = XRAY.awaitTrace("service(\"shop\") { fault }", Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>Every request is sampled, any signature is taken, and documents that the service would not take count as not
 * arrived; an assertion that waited in vain names them. Methods may be called from any thread, between the start and
 * the end of the class.
 */
public final class XRayExtension implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, ParameterResolver {
    private static final int STARTS_MAX = 20;
    private static final long POLL_MS = 20;
    private static final int TRACES_SHOWN_MAX = 10;

    private final SandboxConfig.Builder config;
    private @Nullable Sandbox sandbox;

    /** With the defaults. */
    public XRayExtension() {
        this(SandboxConfig.builder().signatures(SignatureMode.IGNORE).documents(DocumentMode.STRICT));
    }

    /** With settings of your own; the address is a free port of loopback, unless it is set. */
    public XRayExtension(SandboxConfig.Builder config) {
        this.config = config;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (sandbox == null) {
            sandbox = started();
        }
    }

    /** A free TCP port whose UDP port is free too. */
    private Sandbox started() throws IOException {
        IOException last = new IOException("never tried");
        for (int i = 0; i < STARTS_MAX; i++) {
            Sandbox candidate = Sandbox.start(config.build());
            try {
                candidate.receiveDatagrams();
                return candidate;
            } catch (IOException e) {
                candidate.close();
                last = e;
            }
        }
        throw new IOException("there is no port that is free for TCP and UDP", last);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        beforeAll(context);
        Sandbox started = sandbox();
        started.traces().clear();
        started.faults().clear();
        started.sampling().rules(List.of(SamplingRule.everything()));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Sandbox started = sandbox;
        if (started != null) {
            started.close();
            sandbox = null;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == XRayExtension.class || type == Sandbox.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        try {
            beforeAll(context);
        } catch (IOException e) {
            throw new UncheckedIOException("the sandbox cannot be started", e);
        }
        return parameter.getParameter().getType() == Sandbox.class ? sandbox() : this;
    }

    /**
     * The sandbox, for faults, sampling rules and what is not here.
     *
     * @throws IllegalStateException before the first test of the class, and after the last one
     */
    public Sandbox sandbox() {
        Sandbox started = sandbox;
        if (started == null) {
            throw new IllegalStateException(
                    "X-Ray is not started: register the extension in a static field with @RegisterExtension");
        }
        return started;
    }

    /**
     * The endpoint of the X-Ray API, which takes OTLP too, at {@code /v1/traces}: such as
     * {@code http://127.0.0.1:41234}.
     */
    public URI endpoint() {
        return sandbox().endpoint();
    }

    /** What {@code AWS_XRAY_DAEMON_ADDRESS} is set to: {@code 127.0.0.1:41234}, for segments and sampling calls. */
    public String daemonAddress() {
        return endpoint().getHost() + ":" + endpoint().getPort();
    }

    /**
     * Waits until a trace matches a filter expression.
     *
     * @return its id
     * @throws AssertionError when none does in time; the message shows what arrived
     * @throws IllegalArgumentException when the expression is wrong
     */
    public String awaitTrace(String filter, Duration timeout) {
        return awaitTraces(1, filter, timeout).get(0);
    }

    /** The same for several traces: the ids of all that match, the oldest first. */
    public List<String> awaitTraces(int count, String filter, Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        while (true) {
            List<String> ids = sandbox().traceIds(filter);
            if (ids.size() >= count) {
                return ids;
            }
            if (System.nanoTime() >= deadlineNanos) {
                throw new AssertionError(ids.size() + " instead of " + count + " traces match "
                        + (filter.isEmpty() ? "within " : filter + " within ") + timeout.toMillis() + " ms; arrived:"
                        + System.lineSeparator() + String.join(System.lineSeparator(), shown()));
            }
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for traces", e);
            }
        }
    }

    private List<String> shown() {
        List<String> lines = new ArrayList<>();
        sandbox().traces().traceIds().stream().limit(TRACES_SHOWN_MAX).forEach(id -> lines.addAll(tree(id)));
        sandbox().traces().refused().forEach(refused -> lines.add("refused: " + refused));
        return lines.isEmpty() ? List.of("nothing") : lines;
    }

    /** The segment documents of a trace, as they arrived; empty when it is not there. */
    public List<String> documents(String traceId) {
        return sandbox().traces().documents(traceId);
    }

    /** A trace as lines for users: services, calls, times and failures as a tree; empty when it is not there. */
    public List<String> tree(String traceId) {
        return TraceTree.lines(traceId, documents(traceId), new TraceStyle(ZoneId.systemDefault(), 0, false));
    }
}
