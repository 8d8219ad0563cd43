package io.github.xrayd.connectors.otlp.convert;

import com.dslplatform.json.StringCache;
import java.util.List;

/**
 * The keys of segment documents, so that no string is made of one that is known. It never grows, whatever keys come.
 * Immutable.
 */
final class KnownKeys implements StringCache {
    private static final int SLOTS = 512;
    private static final List<String> KEYS = List.of(
            "trace_id",
            "id",
            "parent_id",
            "name",
            "start_time",
            "end_time",
            "in_progress",
            "type",
            "namespace",
            "fault",
            "error",
            "throttle",
            "traced",
            "user",
            "origin",
            "resource_arn",
            "precursor_ids",
            "links",
            "attributes",
            "subsegments",
            "annotations",
            "metadata",
            "default",
            "cause",
            "exceptions",
            "message",
            "stack",
            "path",
            "line",
            "label",
            "remote",
            "working_directory",
            "paths",
            "http",
            "request",
            "response",
            "method",
            "url",
            "user_agent",
            "client_ip",
            "x_forwarded_for",
            "status",
            "content_length",
            "sql",
            "database_type",
            "database_version",
            "driver_version",
            "sanitized_query",
            "connection_string",
            "preparation",
            "service",
            "version",
            "runtime",
            "runtime_version",
            "aws",
            "xray",
            "sdk",
            "sdk_version",
            "package",
            "rule_name",
            "sampling_rule_name",
            "operation",
            "region",
            "request_id",
            "retries",
            "queue_url",
            "table_name",
            "account_id",
            "ecs",
            "container",
            "container_id",
            "ec2",
            "instance_id",
            "availability_zone",
            "eks",
            "elastic_beanstalk",
            "cloudwatch_logs",
            "log_group",
            "arn");

    private final String[] slots = new String[SLOTS];

    KnownKeys() {
        java.util.Arrays.fill(slots, "");
        for (String key : KEYS) {
            // Of two keys with the same slot one is not remembered: that costs a string, nothing else.
            slots[slot(key.toCharArray(), key.length())] = key;
        }
    }

    private static int slot(char[] text, int length) {
        int hash = length;
        for (int i = 0; i < Math.min(length, 32); i++) {
            hash = hash * 31 + text[i];
        }
        return (hash ^ hash >>> 9) & (SLOTS - 1);
    }

    @Override
    public String get(char[] text, int length) {
        String known = slots[slot(text, length)];
        if (known.length() != length) {
            return new String(text, 0, length);
        }
        for (int i = 0; i < length; i++) {
            if (known.charAt(i) != text[i]) {
                return new String(text, 0, length);
            }
        }
        return known;
    }
}
