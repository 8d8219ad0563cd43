package io.github.xrayd.cli;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an entry of the configuration's list {@value #KEY} may say of one destination: its name, and any of the settings
 * below in place of the daemon's own.
 */
final class DestinationKeys {
    /** The key of the list in the file. */
    static final String KEY = "Xrayd.Destinations";

    /** The member that names an entry; a name is used in the log, the ledger, metrics and directories. */
    static final String NAME = "Name";

    /** The most entries of the list. */
    static final int ENTRIES_MAX = 16;

    /** What a destination may have of its own. */
    static final List<Setting> SETTINGS = List.of(
            Setting.OTLP_ENDPOINT,
            Setting.OTLP_HEADERS,
            Setting.OTLP_COMPRESSION,
            Setting.OTLP_AUTH,
            Setting.OTLP_CA_BUNDLE,
            Setting.OTLP_CLIENT_CERTIFICATE,
            Setting.OTLP_CLIENT_KEY,
            Setting.OTLP_PROXY_ADDRESS,
            Setting.KAFKA_OUTPUT_BROKERS,
            Setting.KAFKA_OUTPUT_TOPIC,
            Setting.KAFKA_OUTPUT_PROPERTIES,
            Setting.REGION,
            Setting.ENDPOINT,
            Setting.ROLE_ARN,
            Setting.PROXY_ADDRESS,
            Setting.NO_VERIFY_SSL,
            Setting.CA_BUNDLE,
            Setting.CONCURRENCY,
            Setting.RETRY_MAX_AGE,
            Setting.SPOOL_DIR,
            Setting.SPOOL_LIMIT,
            Setting.DEAD_LETTER_DIR,
            Setting.DEAD_LETTER_LIMIT);

    /** The settings that say that a destination is another than X-Ray; an entry has at most one of them. */
    static final List<Setting> KINDS = List.of(Setting.OTLP_ENDPOINT, Setting.KAFKA_OUTPUT_BROKERS);

    private static final String OURS = "Xrayd.";
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private DestinationKeys() {}

    static boolean isName(String text) {
        return NAMES.matcher(text).matches();
    }

    /** The key of a setting in an entry: the daemon's own, without {@code Xrayd.}. */
    static String keyOf(Setting setting) {
        String key = String.valueOf(setting.key());
        return key.startsWith(OURS) ? key.substring(OURS.length()) : key;
    }

    /** The setting with that key in an entry, or null. */
    static @Nullable Setting ofKey(String key) {
        return SETTINGS.stream()
                .filter(setting -> keyOf(setting).equals(key))
                .findFirst()
                .orElse(null);
    }
}
