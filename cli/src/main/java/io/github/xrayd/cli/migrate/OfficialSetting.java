package io.github.xrayd.cli.migrate;

import org.jspecify.annotations.Nullable;

/** The official daemon's settings, by flag or by key of its file. The keys are xrayd's too. */
public enum OfficialSetting {
    REGION("n", "region", "Region", Form.TEXT),
    ENDPOINT(null, null, "Endpoint", Form.TEXT),
    TOTAL_BUFFER_SIZE("m", "buffer-memory", "TotalBufferSizeMB", Form.WHOLE),
    CONCURRENCY(null, null, "Concurrency", Form.WHOLE),
    UDP_ADDRESS("b", "bind", "Socket.UDPAddress", Form.TEXT),
    TCP_ADDRESS("t", "bind-tcp", "Socket.TCPAddress", Form.TEXT),
    LOG_ROTATION(null, null, "Logging.LogRotation", Form.SWITCH),
    LOG_LEVEL("l", "log-level", "Logging.LogLevel", Form.TEXT),
    LOG_PATH("f", "log-file", "Logging.LogPath", Form.TEXT),
    LOCAL_MODE("o", "local-mode", "LocalMode", Form.SWITCH),
    RESOURCE_ARN("a", "resource-arn", "ResourceARN", Form.TEXT),
    ROLE_ARN("r", "role-arn", "RoleARN", Form.TEXT),
    NO_VERIFY_SSL(null, null, "NoVerifySSL", Form.SWITCH),
    PROXY_ADDRESS("p", "proxy-address", "ProxyAddress", Form.TEXT),
    CONFIG("c", "config", null, Form.TEXT);

    /** What a value is. */
    enum Form {
        TEXT,
        WHOLE,
        SWITCH
    }

    private final @Nullable String shortFlag;
    private final @Nullable String longFlag;
    private final @Nullable String key;
    private final Form form;

    OfficialSetting(@Nullable String shortFlag, @Nullable String longFlag, @Nullable String key, Form form) {
        this.shortFlag = shortFlag;
        this.longFlag = longFlag;
        this.key = key;
        this.form = form;
    }

    /** The key in the file with a dot before a mapping's member; {@code -c}, which has none, by its flag. */
    String key() {
        return key == null ? "-c" : key;
    }

    Form form() {
        return form;
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
