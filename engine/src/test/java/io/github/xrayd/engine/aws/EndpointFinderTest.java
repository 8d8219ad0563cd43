package io.github.xrayd.engine.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.client.SetupException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointFinderTest {
    private static final String REGIONAL = "https://xray.us-east-1.amazonaws.com";
    private static final String PROFILE =
            """
            [default]
            endpoint_url = http://profile:1
            services = local
            [profile plain]
            endpoint_url = http://plain:1/
            [profile none]
            ignore_configured_endpoint_urls = true
            endpoint_url = http://none:1
            [services local]
            s3 =
              endpoint_url = http://s3:1
            xray =
              endpoint_url = http://section:1
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it before each test.
    private Path directory;

    private static String find(@Nullable URI configured, ScriptedEnvironment environment) throws SetupException {
        return EndpointFinder.find(Exporters.settings(configured), "us-east-1", environment, Profiles.read(environment))
                .toString();
    }

    private ScriptedEnvironment withProfile() throws Exception {
        Path config = Files.writeString(directory.resolve("config"), PROFILE);
        return new ScriptedEnvironment().variable("AWS_CONFIG_FILE", config.toString());
    }

    @Test
    void shouldGoFromTheSettingToTheServicesThenTheGeneralThenTheProfilesAddress() throws Exception {
        ScriptedEnvironment environment = withProfile();
        assertEquals("http://section:1", find(null, environment));
        environment.variable("AWS_ENDPOINT_URL", "http://general:4566/");
        assertEquals("http://general:4566", find(null, environment));
        environment.variable("AWS_ENDPOINT_URL_XRAY", "http://special:1/pre/fix");
        assertEquals("http://special:1/pre/fix", find(null, environment));
        environment.variable("AWS_ENDPOINT_URL_S3", "http://other:1");
        assertEquals("http://special:1/pre/fix", find(null, environment));
        environment.property("aws.endpointUrlXray", "http://property:1");
        assertEquals("http://property:1", find(null, environment));
        assertEquals("http://setting:1", find(URI.create("http://setting:1"), environment));
    }

    @Test
    void shouldReadTheProfileInUse() throws Exception {
        assertEquals("http://plain:1", find(null, withProfile().variable("AWS_PROFILE", "plain")));
        assertEquals(REGIONAL, find(null, withProfile().variable("AWS_PROFILE", "none")));
        assertEquals(REGIONAL, find(null, new ScriptedEnvironment()));
    }

    @Test
    void shouldIgnoreThemAllWhenToldButNotItsOwnSetting() throws Exception {
        ScriptedEnvironment environment = withProfile()
                .variable("AWS_ENDPOINT_URL", "http://general:1")
                .variable("AWS_ENDPOINT_URL_XRAY", "http://special:1")
                .variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE");
        assertEquals(REGIONAL, find(null, environment));
        assertEquals("http://setting:1", find(URI.create("http://setting:1"), environment));
        environment.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false");
        assertEquals("http://special:1", find(null, environment));
    }

    @Test
    void shouldNameTheSourceOfAnAddressThatIsNone() throws Exception {
        SetupException e = assertThrows(
                SetupException.class,
                () -> find(null, new ScriptedEnvironment().variable("AWS_ENDPOINT_URL", "localhost:4566")));
        assertTrue(String.valueOf(e.getMessage()).contains("(from AWS_ENDPOINT_URL)"), e.getMessage());
    }
}
