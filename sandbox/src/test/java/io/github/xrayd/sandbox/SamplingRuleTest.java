package io.github.xrayd.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingRuleTest {
    private static List<SamplingRule> parse(String json) {
        return SamplingRule.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldSampleEverythingUntilRulesAreSet() throws Exception {
        try (Sandbox sandbox = Sandbox.start(SandboxConfig.builder().build())) {
            assertEquals(1, sandbox.sampling().rules().size());
            assertEquals(1.0, sandbox.sampling().rules().get(0).fixedRate());
        }
    }

    @Test
    void shouldReadBothForms() {
        SamplingRule rule = new SamplingRule("a", 7, 0.5, 3, "s*", "*", "GET", "/x");
        String fields =
                "{\"RuleName\":\"a\",\"Priority\":7,\"FixedRate\":0.5,\"ReservoirSize\":3,\"ServiceName\":\"s*\","
                        + "\"HTTPMethod\":\"GET\",\"URLPath\":\"/x\"}";
        assertEquals(List.of(rule), parse("{\"rules\":[" + fields + "]}"));
        assertEquals(List.of(rule), parse("{\"SamplingRuleRecords\":[{\"SamplingRule\":" + fields + "}]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"rules\":[]}", "{\"rules\":[1]}", "{\"rules\":[{\"RuleName\":\"\"}]}"})
    void shouldSayWhatIsWrong(String json) {
        String message =
                assertThrows(IllegalArgumentException.class, () -> parse(json)).getMessage();
        assertTrue(message != null && !message.isEmpty());
    }
}
