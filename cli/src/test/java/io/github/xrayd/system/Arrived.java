package io.github.xrayd.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.dslplatform.json.DslJson;
import io.github.xrayd.child.DaemonProcess;
import io.github.xrayd.sandbox.ArrivalListener;
import io.github.xrayd.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps every document that a sandbox accepts. Thread-safe. */
final class Arrived implements ArrivalListener {
    private static final int SHOWN_CHARS_MAX = 300;

    private static final DslJson<Object> JSON = new DslJson<>(new DslJson.Settings<>());

    private final List<String> documents = new ArrayList<>();

    static Arrived at(Sandbox sandbox) {
        Arrived arrived = new Arrived();
        sandbox.arrivals().addListener(arrived);
        return arrived;
    }

    @Override
    public void onDocument(String document, long arrivalMicros) {
        synchronized (documents) {
            documents.add(document);
        }
    }

    int count() {
        synchronized (documents) {
            return documents.size();
        }
    }

    /** In the order of their arrival. */
    List<String> documents() {
        synchronized (documents) {
            return List.copyOf(documents);
        }
    }

    /**
     * Waits for all documents that were sent, and asserts that they are the same, byte for byte, each as often as it
     * was sent; or more often when the daemon says that a call failed: on a busy machine one may time out whose
     * documents arrive.
     */
    void assertSame(Collection<String> sent, DaemonProcess daemon) {
        boolean isComplete = Await.isReached(
                Await.LONG, () -> count() >= sent.size() && new HashSet<>(documents()).containsAll(sent));
        boolean isResent = daemon.lines().stream().anyMatch(line -> line.contains("Sending segment batch failed"));
        Set<String> known = new HashSet<>(sent);
        Map<String, Integer> difference = new HashMap<>();
        sent.forEach(document -> difference.merge(document, -1, Integer::sum));
        documents().forEach(document -> difference.merge(document, 1, Integer::sum));
        difference.forEach((document, count) -> {
            if (count != 0 && !(count > 0 && isResent && known.contains(document))) {
                fail((count < 0 ? "did not arrive: " : "arrived, and was not sent: ") + shown(document) + ", " + count()
                        + " of " + sent.size() + " arrived" + daemon.output());
            }
        });
        assertEquals(true, isComplete);
    }

    private static Object json(String document) {
        try {
            byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
            return Objects.requireNonNull(JSON.deserialize(Map.class, bytes, bytes.length));
        } catch (IOException e) {
            throw new IllegalArgumentException(document, e);
        }
    }

    private static Set<Object> json(Collection<String> documents) {
        return documents.stream().map(Arrived::json).collect(Collectors.toSet());
    }

    /** Whether all these documents arrived, equal as JSON, as those are that were spans on the way. */
    boolean hasEqual(Collection<String> sent) {
        return json(documents()).containsAll(json(sent));
    }

    /** Waits for {@link #hasEqual}. */
    void awaitEqual(Collection<String> sent, DaemonProcess daemon) {
        assertTrue(
                Await.isReached(Await.LONG.multipliedBy(2), () -> hasEqual(sent)),
                () -> count() + " of " + sent.size() + " came: "
                        + documents().stream().limit(20).map(Arrived::shown).toList() + daemon.output());
    }

    /** Waits for all of them; one that was sent again may have come twice. */
    void awaitAll(Collection<String> sent, DaemonProcess daemon) {
        boolean isComplete = Await.isReached(Await.LONG, () -> new HashSet<>(documents()).containsAll(sent));
        assertTrue(isComplete, () -> count() + " of " + sent.size() + daemon.output());
    }

    private static String shown(String document) {
        String start = document.substring(0, Math.min(document.length(), SHOWN_CHARS_MAX));
        byte[] bytes = start.getBytes(StandardCharsets.UTF_8);
        return document.length() + " characters, " + start + " " + Arrays.toString(Arrays.copyOf(bytes, 40));
    }
}
