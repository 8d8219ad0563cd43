package io.github.xrayd.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Makes one lifelike trace of a small shop: {@code shop-frontend} calls {@code orders}, which asks {@code inventory}
 * and {@code payment}; they use DynamoDB, PostgreSQL, SQS and a bank. Seeded: the same generator state and time give
 * the same documents.
 */
final class DemoTrace {
    private static final List<String> PATHS =
            List.of("/checkout", "/cart", "/product/42", "/search", "/login", "/straße/größe", "/カート");
    private static final List<String> USERS = List.of("zoë", "山田", "o'brien", "anna", "mehmet", "lucía");
    private static final List<String> TIERS = List.of("gold", "silver", "bronze");
    private static final List<String> CITIES = List.of("Zürich", "São Paulo", "東京", "Köln", "Lagos");

    private final Random random;
    private final String traceId;
    private final List<String> documents = new ArrayList<>();
    private final Incident incident;
    private double lastEnd;

    private enum Incident {
        NONE,
        BANK_TIMES_OUT,
        CARD_REFUSED,
        TABLE_THROTTLED,
        SLOW_QUERY
    }

    private DemoTrace(Random random, double startSeconds) {
        this.random = random;
        this.traceId = "1-%08x-%08x%016x".formatted((long) startSeconds, random.nextInt(), random.nextLong());
        int dice = random.nextInt(100);
        this.incident = dice < 4
                ? Incident.BANK_TIMES_OUT
                : dice < 9
                        ? Incident.CARD_REFUSED
                        : dice < 12 ? Incident.TABLE_THROTTLED : dice < 16 ? Incident.SLOW_QUERY : Incident.NONE;
    }

    /**
     * The segment documents of one trace that starts at this time, in seconds since the epoch; callees first, as they
     * finish first.
     */
    static List<String> documents(Random random, double startSeconds) {
        DemoTrace trace = new DemoTrace(random, startSeconds);
        trace.frontend(startSeconds);
        return trace.documents;
    }

    private String newId() {
        return "%016x".formatted(random.nextLong());
    }

    private double some(double meanMs) {
        return meanMs / 1e3 * (0.4 + 0.6 * -Math.log(1 - random.nextDouble()));
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private Map<String, Object> segment(String name, String origin, String id, double start) {
        Map<String, Object> segment = new LinkedHashMap<>();
        segment.put("trace_id", traceId);
        segment.put("id", id);
        segment.put("name", name);
        segment.put("origin", origin);
        segment.put("start_time", Json.seconds(start));
        return segment;
    }

    private Map<String, Object> subsegment(String name, String namespace, double start, double end) {
        Map<String, Object> subsegment = new LinkedHashMap<>();
        subsegment.put("id", newId());
        subsegment.put("name", name);
        if (!namespace.isEmpty()) {
            subsegment.put("namespace", namespace);
        }
        subsegment.put("start_time", Json.seconds(start));
        subsegment.put("end_time", Json.seconds(end));
        return subsegment;
    }

    private double finish(Map<String, Object> segment, List<Object> subsegments, double end) {
        segment.put("end_time", Json.seconds(end));
        segment.put("subsegments", subsegments);
        segment.put("service", Map.of("version", "2.4." + random.nextInt(3)));
        documents.add(Json.writeText(segment));
        return end;
    }

    private static Map<String, Object> http(String method, String url, int status) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("method", method);
        request.put("url", url);
        Map<String, Object> http = new LinkedHashMap<>();
        http.put("request", request);
        http.put("response", Map.of("status", status, "content_length", 512));
        return http;
    }

    private void frontend(double start) {
        String path = incident == Incident.NONE ? any(PATHS) : "/checkout";
        boolean isCheckout = path.equals("/checkout");
        Map<String, Object> segment = segment("shop-frontend", "AWS::ECS::Container", newId(), start);
        List<Object> calls = new ArrayList<>();
        double now = start + some(3);
        calls.add(subsegment("authenticate", "", now, now + some(2)));
        now += some(4);
        int status = 200;
        if (isCheckout) {
            Map<String, Object> call = subsegment("orders", "remote", now, now);
            status = orders(String.valueOf(call.get("id")), now + some(1));
            now = lastEnd + some(1);
            call.put("end_time", Json.seconds(now));
            call.put("http", http("POST", "https://orders.shop.example/orders", status));
            flag(call, status);
            calls.add(call);
        } else {
            double end = now + some(12);
            calls.add(aws("DynamoDB", now, end, Map.of("operation", "GetItem", "table_name", "carts")));
            now = end;
        }
        Map<String, Object> http = http("GET", "https://shop.example" + path, status);
        segment.put("http", http);
        segment.put("user", any(USERS));
        segment.put(
                "annotations",
                Map.of("tier", any(TIERS), "items", random.nextInt(9), "returning", random.nextBoolean()));
        segment.put("metadata", Map.of("shop", Map.of("city", any(CITIES), "note", "„quoted“ \"and\" \\ 😀")));
        flag(segment, status);
        finish(segment, calls, now + some(3));
    }

    private static void flag(Map<String, Object> segment, int status) {
        if (status >= 500) {
            segment.put("fault", true);
        } else if (status >= 400) {
            segment.put("error", true);
            segment.put("throttle", status == 429);
        }
    }

    private Map<String, Object> aws(String name, double start, double end, Map<String, Object> details) {
        Map<String, Object> call = subsegment(name, "aws", start, end);
        Map<String, Object> aws = new LinkedHashMap<>(details);
        aws.put("region", "eu-central-1");
        aws.put("request_id", newId());
        call.put("aws", aws);
        return call;
    }

    private int orders(String parentId, double start) {
        Map<String, Object> segment = segment("orders", "AWS::EC2::Instance", newId(), start);
        segment.put("parent_id", parentId);
        List<Object> calls = new ArrayList<>();
        double now = start + some(2);

        Map<String, Object> stock = subsegment("inventory", "remote", now, now);
        int status = inventory(String.valueOf(stock.get("id")), now + some(1));
        now = lastEnd + some(1);
        stock.put("end_time", Json.seconds(now));
        stock.put("http", http("GET", "http://inventory.internal/stock?sku=42", status));
        flag(stock, status);
        calls.add(stock);

        if (status == 200) {
            Map<String, Object> pay = subsegment("payment", "remote", now, now);
            status = payment(String.valueOf(pay.get("id")), now + some(1));
            now = lastEnd + some(1);
            pay.put("end_time", Json.seconds(now));
            pay.put("http", http("POST", "http://payment.internal/charge", status));
            flag(pay, status);
            calls.add(pay);
        }
        if (status == 200) {
            double end = now + some(6);
            calls.add(aws(
                    "SQS",
                    now,
                    end,
                    Map.of(
                            "operation",
                            "SendMessage",
                            "queue_url",
                            "https://sqs.eu-central-1.amazonaws.com/000000000000/shipping")));
            now = end;
        }
        segment.put("http", http("POST", "https://orders.shop.example/orders", status));
        segment.put("annotations", Map.of("order", "o-" + random.nextInt(1_000_000)));
        flag(segment, status);
        lastEnd = finish(segment, calls, now + some(2));
        return status;
    }

    private int inventory(String parentId, double start) {
        Map<String, Object> segment = segment("inventory", "AWS::Lambda::Function", newId(), start);
        segment.put("parent_id", parentId);
        double now = start + some(1);
        double end = now + some(8);
        Map<String, Object> read = aws("DynamoDB", now, end, Map.of("operation", "Query", "table_name", "stock"));
        int status = 200;
        if (incident == Incident.TABLE_THROTTLED) {
            status = 429;
            read.put("error", true);
            read.put("throttle", true);
            read.put("cause", cause("ProvisionedThroughputExceededException", "The table's read capacity is used up"));
        }
        segment.put("http", http("GET", "http://inventory.internal/stock?sku=42", status));
        flag(segment, status);
        lastEnd = finish(segment, new ArrayList<>(List.of(read)), end + some(1));
        return status;
    }

    private int payment(String parentId, double start) {
        Map<String, Object> segment = segment("payment", "AWS::ECS::Container", newId(), start);
        segment.put("parent_id", parentId);
        List<Object> calls = new ArrayList<>();
        double now = start + some(1);
        double queried = now + some(incident == Incident.SLOW_QUERY ? 900 : 9);
        Map<String, Object> query = subsegment("ledger@db.internal", "remote", now, queried);
        Map<String, Object> sql = new LinkedHashMap<>();
        sql.put("url", "jdbc:postgresql://db.internal:5432/ledger");
        sql.put("database_type", "PostgreSQL");
        sql.put("sanitized_query", "SELECT balance FROM account WHERE id = ? FOR UPDATE");
        query.put("sql", sql);
        calls.add(query);
        now = queried;

        int status = incident == Incident.BANK_TIMES_OUT ? 504 : incident == Incident.CARD_REFUSED ? 402 : 200;
        double charged = now + some(incident == Incident.BANK_TIMES_OUT ? 1_500 : 60);
        Map<String, Object> bank = subsegment("api.bank.example", "remote", now, charged);
        bank.put("http", http("POST", "https://api.bank.example/v2/charges", status));
        flag(bank, status);
        if (incident == Incident.BANK_TIMES_OUT) {
            bank.put("cause", cause("java.net.SocketTimeoutException", "Read timed out"));
            segment.put("cause", cause("com.shop.PaymentFailed", "the bank did not answer: ☎"));
        } else if (incident == Incident.CARD_REFUSED) {
            segment.put("cause", cause("com.shop.CardRefused", "insufficient funds"));
        }
        calls.add(bank);
        segment.put("http", http("POST", "http://payment.internal/charge", status));
        flag(segment, status);
        lastEnd = finish(segment, calls, charged + some(1));
        return status;
    }

    private Map<String, Object> cause(String type, String message) {
        Map<String, Object> frame = new LinkedHashMap<>();
        frame.put("path", "PaymentService.java");
        frame.put("line", 88);
        frame.put("label", "com.shop.PaymentService.charge");
        Map<String, Object> exception = new LinkedHashMap<>();
        exception.put("id", newId());
        exception.put("type", type);
        exception.put("message", message);
        exception.put("stack", List.of(frame));
        Map<String, Object> cause = new LinkedHashMap<>();
        cause.put("working_directory", "/srv/payment");
        cause.put("exceptions", List.of(exception));
        return cause;
    }
}
