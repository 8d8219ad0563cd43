package io.github.xrayd.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Segments as an instrumented service sends them: HTTP, a database, AWS calls, annotations; of about one length each.
 */
final class SegmentDocuments {
    private SegmentDocuments() {}

    /**
     * {@value Documents#VARIANTS} documents, the same in every run.
     *
     * @param length bytes of each, less at most one subsegment; at least 900
     */
    static List<byte[]> ofLength(int length) {
        return Documents.variants(random -> document(length, random));
    }

    private static String document(int length, Random random) {
        String head = String.format(
                Locale.ROOT,
                "{\"name\":\"shop-frontend.example.com\",\"id\":\"%016x\",\"start_time\":1.795240447612E9,"
                        + "\"trace_id\":\"1-6b0131ff-%08x%016x\",\"end_time\":1.795240447717E9,"
                        + "\"http\":{\"request\":{\"method\":\"GET\",\"client_ip\":\"127.0.0.1\","
                        + "\"url\":\"http://127.0.0.1:36873/checkout/confirm\",\"user_agent\":\"Mozilla/5.0 (X11; Linux x86_64)\"},"
                        + "\"response\":{\"status\":200}},\"aws\":{\"xray\":{\"sdk_version\":\"2.21.0\","
                        + "\"rule_name\":\"everything\",\"sdk\":\"X-Ray for Java\"}},\"annotations\":{\"order_id\":%d},"
                        + "\"user\":\"user-%d\",\"service\":{\"runtime\":\"OpenJDK 64-Bit Server VM\",\"runtime_version\":\"17.0.15\"}",
                random.nextLong() | 1,
                random.nextInt(),
                random.nextLong(),
                random.nextInt(100_000),
                random.nextInt(1_000));
        StringBuilder text = new StringBuilder(length).append(head).append(",\"subsegments\":[");
        for (int i = 0; ; i++) {
            String subsegment = (i == 0 ? "" : ",") + subsegment(i, random);
            if (text.length() + subsegment.length() + 2 > length) {
                return text.append("]}").toString();
            }
            text.append(subsegment);
        }
    }

    private static String subsegment(int index, Random random) {
        String head = String.format(
                Locale.ROOT,
                "{\"id\":\"%016x\",\"start_time\":1.795240447624E9,\"end_time\":1.795240447626E9,",
                random.nextLong() | 1);
        return head
                + switch (index % 3) {
                    case 0 ->
                        "\"name\":\"DynamoDB\",\"namespace\":\"aws\",\"http\":{\"response\":{\"content_length\":713,"
                                + "\"status\":200}},\"aws\":{\"retries\":0,\"region\":\"eu-west-1\",\"table_name\":\"carts\","
                                + "\"operation\":\"Query\",\"request_id\":\"29P5V7QSAKHS4LNL56ECAJFF3BVV4KQNSO5AEMVJF66Q9ASUAAJG\"}}";
                    case 1 ->
                        "\"name\":\"SHOP\",\"namespace\":\"remote\",\"sql\":{\"database_type\":\"PostgreSQL\","
                                + "\"database_version\":\"15.4\",\"driver_version\":\"42.7.1\",\"user\":\"app\","
                                + "\"url\":\"jdbc:postgresql://db.example.com:5432/shop\","
                                + "\"sanitized_query\":\"SELECT * FROM orders WHERE id = ?\"}}";
                    default ->
                        "\"name\":\"stock.example.com\",\"namespace\":\"remote\",\"http\":{\"request\":{\"method\":\"GET\","
                                + "\"url\":\"http://stock.example.com/ping\"},\"response\":{\"status\":204}}}";
                };
    }
}
