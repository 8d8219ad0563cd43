package io.github.xrayd.cli.migrate;

import org.jspecify.annotations.Nullable;

/** The official daemon's settings, by flag or by key of its file. The keys are xrayd's too. */
public enum OfficialSetting {
    REGION("n", "region", "Region", ValueType.TEXT),
    ENDPOINT(null, null, "Endpoint", ValueType.TEXT),
    TOTAL_BUFFER_SIZE("m", "buffer-memory", "TotalBufferSizeMB", ValueType.WHOLE),
    CONCURRENCY(null, null, "Concurrency", ValueType.WHOLE),
    UDP_ADDRESS("b", "bind", "Socket.UDPAddress", ValueType.TEXT),
    TCP_ADDRESS("t", "bind-tcp", "Socket.TCPAddress", ValueType.TEXT),
    LOG_ROTATION(null, null, "Logging.LogRotation", ValueType.SWITCH),
    LOG_LEVEL("l", "log-level", "Logging.LogLevel", ValueType.TEXT),
    LOG_PATH("f", "log-file", "Logging.LogPath", ValueType.TEXT),
    LOCAL_MODE("o", "local-mode", "LocalMode", ValueType.SWITCH),
    RESOURCE_ARN("a", "resource-arn", "ResourceARN", ValueType.TEXT),
    ROLE_ARN("r", "role-arn", "RoleARN", ValueType.TEXT),
    NO_VERIFY_SSL(null, null, "NoVerifySSL", ValueType.SWITCH),
    PROXY_ADDRESS("p", "proxy-address", "ProxyAddress", ValueType.TEXT),
    CONFIG("c", "config", null, ValueType.TEXT);

    /** What a value is. */
    enum ValueType {
        TEXT,
        WHOLE,
        SWITCH
    }

    private final @Nullable String shortFlag;
    private final @Nullable String longFlag;
    private final @Nullable String key;
    private final ValueType type;

    OfficialSetting(@Nullable String shortFlag, @Nullable String longFlag, @Nullable String key, ValueType type) {
        this.shortFlag = shortFlag;
        this.longFlag = longFlag;
        this.key = key;
        this.type = type;
    }

    /** The key in the file with a dot before a mapping's member; {@code -c}, which has none, by its flag. */
    String key() {
        return key == null ? "-c" : key;
    }

    ValueType type() {
        return type;
    }

    static @Nullable OfficialSetting ofFlag(String name) {
        for (OfficialSetting setting : values()) {
            if (name.equals(setting.shortFlag) || name.equals(setting.longFlag)) {
                return setting;
            }
        }
        return null;
    }

    static @Nullable OfficialSetting ofKey(String name) {
        for (OfficialSetting setting : values()) {
            if (name.equals(setting.key)) {
                return setting;
            }
        }
        return null;
    }
}
