package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is an expression and what is none; SandboxClientTest has what expressions match. */
class FilterExpressionTest {
    private static final Map<String, String> GROUPS =
            Map.of("slow", "responsetime > 3", "ring", "group.name = \"ring\"");

    private static Predicate<Trace> compile(String text) throws ApiException {
        return FilterExpression.compile(text, GROUPS::get);
    }

    private static Trace trace() {
        return Objects.requireNonNull(Trace.of(
                "1-5759e988-bd862e3fe1be46a994272793",
                PageDocuments.misshapen(1).stream().limit(3).toList()));
    }

    /** Each form of X-Ray's developer guide, chapter "Using filter expressions". */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "responsetime > 5",
                "duration >= 5 AND duration <= 8",
                "ok",
                "!ok",
                "ok = false",
                "fault != true OR throttle or partial",
                "http.status != 200",
                "ok !partial duration <3",
                "http.url CONTAINS \"/api/game/\"",
                "http.method = \"GET\" http.useragent BEGINSWITH \"curl\" http.clientip ENDSWITH \".1\"",
                "user CONTAINS \"\"",
                "availabilityzone = \"eu-west-1a\" AND instance.id != \"i-1\" AND resource.arn beginswith \"arn:\"",
                "rootcause.fault.entity { last and name = \"deserialize\" }",
                "rootcause.responsetime.entity { remote and coverage > 0.7 and name = \"traces\" }",
                "rootcause.fault.service { inferred and name = \"traces\" and type = \"AWS::DynamoDB\" }",
                "service(\"data-plane\") {root = true and fault = true}",
                "rootcause.fault.service { index > 5 }",
                "rootcause.responsetime.service { last and type = \"AWS::DynamoDB\" }",
                "rootcause.fault.exception { last and message = \"Access Denied for account_id: 1234567890\" }",
                "service(\"api.example.com\") { fault = true OR responsetime > 2.5 } AND annotation.account = \"12345\"",
                "edge(\"api.example.com\", \"backend.example.com\") { error }",
                "!edge(\"a\", \"b\") AND !service(\"c\")",
                "http.url AND responseTime > 2",
                "annotation.age AND !annotation.height AND annotation.age > 29",
                "annotation[request.id] = \"817DL6VO\" AND annotation[\"a key\"] = true",
                "service(\"a\") { annotation.tier = \"gold\" } AND edge(\"a\", \"b\") { annotation[n] >= 2 }",
                "group.name = \"slow\" AND user = \"alice\"",
                "rootcause.json = #[{ \"Services\": [ { \"Name\": \"GetWeatherData\", \"EntityPath\": [{ \"Name\": \"x\" }] } ] }]",
                "service(id(name: \"n\", type:\"AWS::Lambda::Function\", account.id: \"123456789012\")) { error }",
                "edge(id(name: \"one\", type: \"client\"), id(type: \"remote\")) { (fault OR error) AND !(duration > 1) }",
                "root.fault AND root.http.status >= 500 AND root.annotation.tier",
                "service() { fault }"
            })
    void shouldTakeEachFormOfTheGuide(String expression) throws Exception {
        Predicate<Trace> test = compile(expression);
        assertDoesNotThrow(() -> test.test(trace()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rootcause.fault.service { inferred and name = traces }",
                "responsetime",
                "responsetime = \"5\"",
                "http.status > 5 5",
                "http.url > \"a\"",
                "http.url = 5",
                "fault = 1",
                "annotation",
                "annotation[",
                "annotation[]",
                "annotation[a b]",
                "annotation.a CONTAINS 5",
                "annotation.a = ",
                "service",
                "service(",
                "service(\"a\"",
                "service(\"a\", \"b\")",
                "service(\"a\") {",
                "service(\"a\") { }",
                "service(\"a\") { service(\"b\") }",
                "edge(\"a\")",
                "edge()",
                "id(name: \"a\")",
                "service(id())",
                "service(id(size: \"a\"))",
                "group.name",
                "group.name = \"nobody's\"",
                "group.name = \"ring\"",
                "rootcause.json = #",
                "rootcause.json = #[{]",
                "rootcause.json = \"x\"",
                "rootcause.fault { last }",
                "root.root.fault",
                "AND",
                "fault AND",
                "fault OR OR error",
                "!",
                "()",
                "\"fault\"",
                "\"",
                "fault;error",
                "fault \u0000",
                "\ud800",
                "'ok'"
            })
    void shouldSayWhatIsNone(String expression) {
        ApiException refused = assertThrows(ApiException.class, () -> compile(expression));
        assertTrue(refused.text().startsWith("Invalid filter expression: "), refused.text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(",
                "!",
                "service(",
                "\"",
                "\\",
                "{",
                "#[",
                "a.",
                "annotation[",
                "AND ",
                "\"\\\"",
                "1",
                "fault OR "
            })
    void shouldBearAnythingRepeated(String part) {
        for (int times : new int[] {60, 2_000 / part.length(), 3_000}) {
            String text = part.repeat(times);
            String around = "(".repeat(60) + "fault" + ")".repeat(60);
            for (String each : new String[] {text, "fault " + text, around}) {
                assertThrows(ApiException.class, () -> compile(each));
            }
        }
        assertDoesNotThrow(() -> compile("!".repeat(1_990) + "fault"));
    }

    /** Words of the language in any order end as an expression or as an error of the service, and as nothing else. */
    @Test
    void shouldBearWordsInAnyOrder() {
        String[] words = {
            "fault",
            "service",
            "(",
            ")",
            "{",
            "}",
            "\"a\"",
            "edge",
            ",",
            "!",
            "AND",
            "OR",
            "=",
            ">",
            "1",
            "true",
            "annotation",
            "[",
            "]",
            "id",
            "name",
            ":",
            "rootcause.json",
            "#[{}]",
            "#",
            "group.name",
            "user",
            "CONTAINS",
            "root.",
            "x"
        };
        Random random = new Random(7);
        Trace trace = trace();
        int taken = 0;
        int matching = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = 1 + random.nextInt(9); n > 0; n--) {
                text.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
            }
            try {
                matching += compile(text.toString()).test(trace) ? 1 : 0;
                taken++;
            } catch (ApiException e) {
                assertTrue(e.text().startsWith("Invalid filter expression: "), e.text());
            }
        }
        assertTrue(taken > 100 && matching > 0 && matching < taken, matching + " of " + taken + " expressions match");
    }
}
