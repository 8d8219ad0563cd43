package io.github.xrayd.connectors.kafka;

import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes Kafka's clients, which need the name of one broker to be resolved. */
final class Clients {
    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
    private static final long RETRY_MS = 5_000;
    private static final String UNRESOLVED = "No resolvable bootstrap urls";

    private Clients() {}

    /**
     * Makes a client; waits as long as no broker's name can be resolved, as while a machine starts.
     *
     * @throws IllegalArgumentException when it cannot be made; the message is for the user
     */
    static <T> T make(Supplier<T> maker, String brokers) throws InterruptedException {
        while (true) {
            try {
                return maker.get();
            } catch (KafkaException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (!String.valueOf(cause.getMessage()).contains(UNRESOLVED)) {
                    throw new IllegalArgumentException("Kafka's client cannot be made: " + cause.getMessage(), e);
                }
                LOG.warn("None of the Kafka brokers {} has a name that can be resolved; tried again in 5 s", brokers);
                Thread.sleep(RETRY_MS);
            }
        }
    }
}
