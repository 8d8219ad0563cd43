package io.github.xrayd.cli;

import io.github.xrayd.connectors.kafka.KafkaDestination;
import io.github.xrayd.connectors.kafka.KafkaInput;
import io.github.xrayd.engine.DestinationKind;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.source.SourceConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Turns settings into Kafka's destination and source; a daemon without them loads neither this class nor one of
 * Kafka's.
 */
final class KafkaSettings {
    /** What the destination and its directories are named where the file's list does not name it. */
    static final String NAME = "kafka";

    private static final Pattern BROKER = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^\\s:,\\[\\]]+):[0-9]{1,5}");
    /** Kafka's own rule: 1 to 249 of these, and neither of the names of directories. */
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    private KafkaSettings() {}

    /**
     * The destination that {@code --kafka-output-brokers} asks for.
     *
     * @throws StartException when a setting is wrong
     */
    static DestinationKind destination(Settings settings) throws StartException {
        try {
            return new KafkaDestination(
                    brokers(settings, Setting.KAFKA_OUTPUT_BROKERS),
                    topic(settings, Setting.KAFKA_OUTPUT_TOPIC),
                    Duration.ofMillis(settings.millis(Setting.RETRY_MAX_AGE)),
                    SettingKind.properties(settings.text(Setting.KAFKA_OUTPUT_PROPERTIES)),
                    host());
        } catch (IllegalArgumentException e) {
            throw wrong(Setting.KAFKA_OUTPUT_PROPERTIES, e);
        }
    }

    /**
     * The source that {@code --kafka-input-brokers} asks for.
     *
     * @param outputs the settings of each destination
     * @throws StartException when a setting is wrong, or a destination sends to what is consumed
     */
    static SourceConfig source(Settings settings, List<Settings> outputs, int destinations) throws StartException {
        String brokers = brokers(settings, Setting.KAFKA_INPUT_BROKERS);
        String topic = topic(settings, Setting.KAFKA_INPUT_TOPIC);
        Set<String> consumed = Set.of(brokers.split(","));
        for (Settings output : outputs) {
            List<String> shared = new ArrayList<>(
                    List.of(output.text(Setting.KAFKA_OUTPUT_BROKERS).split(",")));
            shared.retainAll(consumed);
            if (!shared.isEmpty() && topic.equals(output.text(Setting.KAFKA_OUTPUT_TOPIC))) {
                throw new StartException(
                        "The daemon would consume what it sends: --kafka-input-topic and --kafka-output-topic"
                                + " are both " + topic + " at " + shared.get(0)
                                + ". Use another topic for one of them.");
            }
        }
        if (settings.text(Setting.KAFKA_INPUT_GROUP).isBlank()) {
            throw new StartException("--kafka-input-group is blank: give the consumer group a name");
        }
        try {
            return new KafkaInput(
                    brokers,
                    topic,
                    settings.text(Setting.KAFKA_INPUT_GROUP),
                    SettingKind.properties(settings.text(Setting.KAFKA_INPUT_PROPERTIES)),
                    destinations);
        } catch (IllegalArgumentException e) {
            throw wrong(Setting.KAFKA_INPUT_PROPERTIES, e);
        }
    }

    private static StartException wrong(Setting setting, IllegalArgumentException e) {
        return new StartException("--" + setting.longName() + ": " + e.getMessage(), e);
    }

    private static String brokers(Settings settings, Setting setting) throws StartException {
        List<String> brokers = new ArrayList<>();
        for (String broker : settings.text(setting).split(",", -1)) {
            String trimmed = broker.strip();
            if (!BROKER.matcher(trimmed).matches()) {
                throw new StartException("--" + setting.longName() + ": \"" + broker
                        + "\" is no broker; give host:port, several with a comma between them");
            }
            brokers.add(trimmed);
        }
        return String.join(",", brokers);
    }

    private static String topic(Settings settings, Setting setting) throws StartException {
        String topic = settings.text(setting);
        if (!TOPIC.matcher(topic).matches()) {
            throw new StartException("--" + setting.longName() + ": \"" + topic
                    + "\" is no topic: it is 1 to 249 letters, digits, dots, dashes and underscores");
        }
        return topic;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
