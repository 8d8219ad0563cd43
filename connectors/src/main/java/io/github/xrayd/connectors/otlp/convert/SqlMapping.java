package io.github.xrayd.connectors.otlp.convert;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The block {@code sql}. Address, port and database name are read from its URL when that has the usual form. */
final class SqlMapping {
    private static final int URL_LENGTH_MAX = 2_048;
    private static final int PORT_MAX = 65_535;

    /** Optional {@code jdbc:} and scheme, then host, port and database. No part can match what the next one takes. */
    private static final Pattern URL = Pattern.compile(
            "(?:[A-Za-z0-9.+:-]*:)?//(?:[^/@?;]*@)?([^/:?;@]+)(?::([0-9]{1,5}))?(?:/([^/?;]*))?(?:[/?;].*)?");

    private static final Set<String> SYSTEMS = Set.of(
            "db2",
            "derby",
            "hive",
            "mariadb",
            "mssql",
            "microsoft.sql_server",
            "mysql",
            "oracle",
            "oracle.db",
            "postgresql",
            "sqlite",
            "teradata",
            "other_sql",
            "ibm.db2",
            "h2database",
            "hsqldb",
            "cockroachdb",
            "clickhouse",
            "trino",
            "aws.redshift",
            "redshift");

    private SqlMapping() {}

    /** @param extra takes what has no attribute */
    static void toSpan(Map<String, @Nullable Object> sql, Attributes attributes, Map<String, @Nullable Object> extra) {
        if (sql.isEmpty()) {
            Fields.child(extra, "sql");
        }
        sql.forEach((key, value) -> {
            String text = Fields.string(value);
            if (text != null && key.equals("database_type")) {
                String system = text.toLowerCase(Locale.ROOT);
                attributes.add(Names.DB_SYSTEM, system);
                if (!system.equals(text)) {
                    attributes.add(Names.SQL_PREFIX + key, Fields.scalarOrJson(value));
                }
            } else if (text != null && key.equals("sanitized_query")) {
                attributes.add(Names.DB_QUERY, text);
            } else if (text != null && key.equals("user")) {
                attributes.add(Names.DB_USER, text);
            } else if (JsonTree.isWellFormed(key)) {
                attributes.add(Names.SQL_PREFIX + key, Fields.scalarOrJson(value));
            } else {
                Fields.child(extra, "sql").put(key, value);
            }
        });
        String url = Fields.string(sql.get("url"));
        addAddress(url != null ? url : Fields.string(sql.get("connection_string")), attributes);
    }

    /** The host that a connection string names, or null. */
    static @Nullable String host(@Nullable String url) {
        if (url == null || url.length() > URL_LENGTH_MAX) {
            return null;
        }
        Matcher matcher = URL.matcher(url);
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static void addAddress(@Nullable String url, Attributes attributes) {
        if (url == null || url.length() > URL_LENGTH_MAX) {
            return;
        }
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            return;
        }
        attributes.add(Names.SERVER_ADDRESS, matcher.group(1));
        if (matcher.group(2) != null && Integer.parseInt(matcher.group(2)) <= PORT_MAX) {
            attributes.add(Names.SERVER_PORT, Long.valueOf(matcher.group(2)));
        }
        if (matcher.group(3) != null && !matcher.group(3).isEmpty()) {
            attributes.add(Names.DB_NAMESPACE, matcher.group(3));
        }
    }

    /** Puts back what {@link #toSpan} stored. */
    static void toDocument(Attributes attributes, Map<String, @Nullable Object> document, JsonTree json) {
        Map<String, @Nullable Object> sql = new LinkedHashMap<>();
        Fields.put(sql, "database_type", attributes.get(Names.DB_SYSTEM));
        Fields.put(sql, "sanitized_query", attributes.get(Names.DB_QUERY));
        Fields.put(sql, "user", attributes.get(Names.DB_USER));
        for (int i = 0; i < attributes.size(); i++) {
            String key = attributes.key(i);
            if (key.startsWith(Names.SQL_PREFIX)) {
                sql.put(key.substring(Names.SQL_PREFIX.length()), Fields.jsonOrScalar(attributes.value(i), json));
            }
        }
        Fields.putFields(document, "sql", sql);
    }

    /** Whether the span calls a database that X-Ray shows as SQL. */
    static boolean isForeignSql(Attributes attributes) {
        String system = attributes.string(Names.DB_SYSTEM, "db.system");
        return system != null && SYSTEMS.contains(system);
    }

    /** Puts what a span that never was a document says about a query. */
    static void foreignToDocument(Attributes attributes, String spanName, Map<String, @Nullable Object> document) {
        if (!isForeignSql(attributes)) {
            return;
        }
        Map<String, @Nullable Object> sql = new LinkedHashMap<>();
        String database = attributes.string(Names.DB_NAMESPACE, "db.name");
        String connection = attributes.string("db.connection_string");
        if (connection == null) {
            String host = attributes.string(Names.SERVER_ADDRESS, "net.peer.name");
            Object port = attributes.get(Names.SERVER_PORT);
            connection = host == null ? "localhost" : port == null ? host : host + ':' + port;
        }
        Fields.put(sql, "url", spanName.isEmpty() ? null : spanName);
        sql.put("connection_string", connection + '/' + (database == null ? "" : database));
        Fields.put(sql, "database_type", attributes.string(Names.DB_SYSTEM, "db.system"));
        Fields.put(sql, "sanitized_query", attributes.string(Names.DB_QUERY, "db.statement"));
        Fields.put(sql, "user", attributes.string(Names.DB_USER));
        document.put("sql", sql);
    }
}
