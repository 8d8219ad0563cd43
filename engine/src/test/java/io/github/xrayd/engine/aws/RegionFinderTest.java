package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.SetupException;
import io.github.xrayd.engine.client.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RegionFinderTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private ScriptedService metadata;

    private final ScriptedEnvironment environment = new ScriptedEnvironment();

    @BeforeEach
    void startMetadata() throws IOException {
        metadata = new ScriptedService().always(call -> {
            switch (call.target()) {
                case "/latest/api/token" -> {
                    assertEquals("PUT", call.method());
                    return ScriptedService.Script.of(200, "token-1", "x-aws-ec2-metadata-token-ttl-seconds", "21600");
                }
                case "/latest/meta-data/placement/region" -> {
                    assertEquals("token-1", call.header("x-aws-ec2-metadata-token"));
                    return ScriptedService.Script.of(200, "eu-north-1");
                }
                case "/v4/abc/task" -> {
                    return ScriptedService.Script.of(
                            200, "{\"Cluster\":\"c\",\"TaskARN\":\"arn:aws:ecs:eu-west-2:123456789012:task/c/1\"}");
                }
                default -> {
                    return ScriptedService.Script.of(404, "");
                }
            }
        });
    }

    @AfterEach
    void stopMetadata() {
        metadata.close();
    }

    private String find(@Nullable String configured, boolean isLocalMode) throws SetupException {
        AwsSettings settings = new AwsSettings(
                configured, null, null, isLocalMode, "1", new Transport(null, true, null, Duration.ofSeconds(2), 8));
        try (Metadata source = new Metadata(environment)) {
            return RegionFinder.find(settings, environment, Profiles.read(environment), source)
                    .region();
        }
    }

    @Test
    void shouldAskSourcesInTheReferencesOrder() throws Exception {
        environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
        // No forward proxy stands between a host and its own metadata.
        environment.variable("HTTPS_PROXY", "http://127.0.0.1:1");
        Path config = directory.resolve("config");
        Files.writeString(config, "[default]\nregion = sa-east-1\n[profile other]\nregion = ca-central-1\n");
        environment.variable("AWS_CONFIG_FILE", config.toString());
        assertEquals("sa-east-1", find(null, false));
        environment.variable("AWS_PROFILE", "other");
        assertEquals("ca-central-1", find(null, false));
        assertEquals("ca-central-1", find(null, true));

        environment.variable("AWS_DEFAULT_REGION", "us-west-1");
        assertEquals("us-west-1", find(null, false));
        assertEquals("us-west-1", find(null, true));

        environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.uri().toString());
        assertEquals("eu-north-1", find(null, false));
        assertEquals("us-west-1", find(null, true));

        environment.variable("ECS_CONTAINER_METADATA_URI_V4", metadata.uri() + "/v4/abc");
        assertEquals("eu-west-2", find(null, false));

        Path file = directory.resolve("ecs-metadata.json");
        Files.writeString(
                file, "{\"ContainerInstanceARN\":\"arn:aws:ecs:ap-south-1:123456789012:container-instance/x\"}");
        environment.variable("ECS_CONTAINER_METADATA_FILE", file.toString());
        assertEquals("ap-south-1", find(null, false));
        assertEquals("us-west-1", find(null, true));

        environment.variable("AWS_REGION", "us-west-2");
        assertEquals("us-west-2", find(null, false));
        assertEquals("us-gov-west-1", find("us-gov-west-1", false));
    }

    @Test
    void shouldNameEverySourceAndWhyItFailed() {
        environment
                .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1")
                .variable("ECS_CONTAINER_METADATA_URI_V4", metadata.uri() + "/gone")
                .variable("ECS_CONTAINER_METADATA_FILE", "/nonexistent/file");
        SetupException e = assertThrows(SetupException.class, () -> find(null, false));
        String message = String.valueOf(e.getMessage());
        assertTrue(
                message.startsWith(
                        "Cannot fetch region variable from config file, environment variables, ecs metadata, or"
                                + " ec2 metadata. Use local-mode to use the local config region. Tried: setting: not set;"
                                + " AWS_REGION: not set; ecs metadata file: "),
                message);
        assertTrue(message.contains("; AWS_DEFAULT_REGION: not set; profile default in "), message);
        assertTrue(message.contains("ecs metadata file: /nonexistent/file cannot be read"), message);
        assertTrue(
                message.contains("ecs task metadata: " + metadata.uri() + "/gone/task: answered with status 404"),
                message);
        assertTrue(message.contains("ec2 metadata: GET /latest/meta-data/placement/region: "), message);
        assertTrue(message.contains("connection refused"), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void shouldRefuseMetadataThatIsNestedTooDeep() throws Exception {
        Path file = Files.writeString(directory.resolve("deep.json"), "{\"TaskARN\":" + "[".repeat(100_000));
        environment
                .variable("AWS_EC2_METADATA_DISABLED", "true")
                .variable("ECS_CONTAINER_METADATA_FILE", file.toString());
        SetupException e = assertThrows(SetupException.class, () -> find(null, false));
        assertTrue(String.valueOf(e.getMessage()).contains("nested deeper than"), e.getMessage());
    }

    @Test
    void shouldNotAskMetadataInLocalMode() {
        environment.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.uri().toString());
        SetupException e = assertThrows(SetupException.class, () -> find(null, true));
        assertTrue(String.valueOf(e.getMessage()).contains("not asked in local mode"), e.getMessage());
        assertEquals(0, metadata.calls.size());
    }

    @Test
    void shouldRefuseWhatCannotBeARegion() {
        SetupException e = assertThrows(SetupException.class, () -> find("no such", true));
        assertTrue(String.valueOf(e.getMessage()).contains("\"no such\""), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "us-east-1,false,false,https://xray.us-east-1.amazonaws.com",
        "cn-north-1,false,false,https://xray.cn-north-1.amazonaws.com.cn",
        "us-gov-west-1,false,false,https://xray.us-gov-west-1.amazonaws.com",
        "us-iso-east-1,false,false,https://xray.us-iso-east-1.c2s.ic.gov",
        "us-isob-east-1,false,false,https://xray.us-isob-east-1.sc2s.sgov.gov",
        "eu-isoe-west-1,false,false,https://xray.eu-isoe-west-1.cloud.adc-e.uk",
        "us-isof-south-1,false,false,https://xray.us-isof-south-1.csp.hci.ic.gov",
        "eusc-de-east-1,false,false,https://xray.eusc-de-east-1.amazonaws.eu",
        "us-east-1,true,false,https://xray-fips.us-east-1.amazonaws.com",
        "us-east-1,false,true,https://xray.us-east-1.api.aws",
        "us-east-1,true,true,https://xray-fips.us-east-1.api.aws",
        "xx-new-9,false,false,https://xray.xx-new-9.amazonaws.com"
    })
    void shouldKnowEveryPartitionsEndpoint(String region, boolean isFips, boolean isDualStack, String expected)
            throws Exception {
        environment
                .variable("AWS_USE_FIPS_ENDPOINT", Boolean.toString(isFips))
                .variable("AWS_USE_DUALSTACK_ENDPOINT", Boolean.toString(isDualStack));
        assertEquals(
                expected,
                EndpointFinder.find(Exporters.settings(null), region, environment, Profiles.read(environment))
                        .toString());
    }
}
