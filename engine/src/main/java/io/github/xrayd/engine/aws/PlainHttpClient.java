package io.github.xrayd.engine.aws;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import org.apache.http.Header;
import org.apache.http.HttpClientConnection;
import org.apache.http.HttpEntity;
import org.apache.http.HttpException;
import org.apache.http.HttpHost;
import org.apache.http.HttpRequest;
import org.apache.http.HttpResponse;
import org.apache.http.auth.AUTH;
import org.apache.http.auth.AuthScope;
import org.apache.http.auth.MalformedChallengeException;
import org.apache.http.auth.UsernamePasswordCredentials;
import org.apache.http.client.AuthCache;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpEntityEnclosingRequestBase;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.config.RegistryBuilder;
import org.apache.http.config.SocketConfig;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.conn.ssl.NoopHostnameVerifier;
import org.apache.http.conn.ssl.SSLConnectionSocketFactory;
import org.apache.http.entity.InputStreamEntity;
import org.apache.http.impl.auth.BasicScheme;
import org.apache.http.impl.client.BasicAuthCache;
import org.apache.http.impl.client.BasicCredentialsProvider;
import org.apache.http.impl.client.CloseableHttpClient;
import org.apache.http.impl.client.DefaultConnectionKeepAliveStrategy;
import org.apache.http.impl.client.HttpClientBuilder;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.message.BasicHeader;
import org.apache.http.protocol.HttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Apache's HTTP client as this daemon needs it: it repeats, follows, decodes and remembers nothing, and its connections are
 * {@link LimitedConnection}s. The SDK's own wrapper of the same client has no such limits. Thread-safe.
 */
final class PlainHttpClient implements SdkHttpClient {
    /** Idle connections are not used again after this long: load balancers (60 s) and most servers close them later. */
    private static final Duration IDLE_MAX = Duration.ofSeconds(20);

    private static final Duration CONNECTION_AGE_MAX = Duration.ofMinutes(5);
    /** What the entity writes itself. */
    private static final Set<String> NOT_COPIED = Set.of("host", "content-length", "transfer-encoding");

    private static final AtomicLong CONNECTION_NUMBER = new AtomicLong();

    private final PoolingHttpClientConnectionManager connections;
    private final CloseableHttpClient client;
    private final ForwardProxy proxy;
    private final RequestConfig direct;
    private final RequestConfig proxied;
    /** The proxy that wants to know who calls, or null. */
    private final @Nullable HttpHost userProxy;

    /**
     * @param proxy the forward proxy, used where it says so
     * @param tls what secures https
     * @param isVerified whether the certificate must be for the host that is called
     * @param connectionsMax the most connections at one time
     * @param timeout for connecting, for each read, and for a free connection
     */
    PlainHttpClient(ForwardProxy proxy, SSLContext tls, boolean isVerified, int connectionsMax, Duration timeout) {
        this.proxy = proxy;
        int timeoutMs = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        connections = connections(tls, isVerified, connectionsMax, timeoutMs);
        direct = RequestConfig.custom()
                .setConnectTimeout(timeoutMs)
                .setSocketTimeout(timeoutMs)
                .setConnectionRequestTimeout(timeoutMs)
                .setNormalizeUri(false)
                .build();
        HttpClientBuilder builder = HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setRequestExecutor(new TunnelCheck())
                .setKeepAliveStrategy(PlainHttpClient::keepAliveMs)
                .setUserAgent("")
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableConnectionState();
        URI address = proxy.address();
        HttpHost host = address == null ? null : host(address);
        proxied = RequestConfig.copy(direct).setProxy(host).build();
        String userInfo = address == null ? null : address.getUserInfo();
        userProxy = userInfo == null ? null : host;
        if (userInfo != null) {
            int colon = userInfo.indexOf(':');
            BasicCredentialsProvider user = new BasicCredentialsProvider();
            user.setCredentials(
                    new AuthScope(host),
                    new UsernamePasswordCredentials(
                            colon < 0 ? userInfo : userInfo.substring(0, colon),
                            colon < 0 ? "" : userInfo.substring(colon + 1)));
            builder.setDefaultCredentialsProvider(user);
        }
        client = builder.build();
    }

    private static PoolingHttpClientConnectionManager connections(
            SSLContext tls, boolean isVerified, int connectionsMax, int timeoutMs) {
        HostnameVerifier verifier =
                isVerified ? SSLConnectionSocketFactory.getDefaultHostnameVerifier() : NoopHostnameVerifier.INSTANCE;
        PoolingHttpClientConnectionManager pool = new PoolingHttpClientConnectionManager(
                RegistryBuilder.<ConnectionSocketFactory>create()
                        .register("http", PlainConnectionSocketFactory.getSocketFactory())
                        .register("https", new SSLConnectionSocketFactory(tls, verifier))
                        .build(),
                (route, limits) -> new LimitedConnection("backend-" + CONNECTION_NUMBER.incrementAndGet()),
                null,
                null,
                CONNECTION_AGE_MAX.toMillis(),
                TimeUnit.MILLISECONDS);
        pool.setMaxTotal(connectionsMax);
        pool.setDefaultMaxPerRoute(connectionsMax);
        pool.setDefaultSocketConfig(SocketConfig.custom()
                .setSoTimeout(timeoutMs)
                .setSoKeepAlive(true)
                .setTcpNoDelay(true)
                .build());
        return pool;
    }

    /** Ends a call whose tunnel the proxy does not open: its answer is not the service's, and would be read whole. */
    private static final class TunnelCheck extends HttpRequestExecutor {
        @Override
        public HttpResponse execute(HttpRequest request, HttpClientConnection connection, HttpContext context)
                throws IOException, HttpException {
            HttpResponse response = super.execute(request, connection, context);
            int status = response.getStatusLine().getStatusCode();
            if (status >= 300 && request.getRequestLine().getMethod().equals("CONNECT")) {
                throw new IOException("the proxy opens no tunnel: it answered with status " + status);
            }
            return response;
        }
    }

    private static HttpHost host(URI address) {
        return new HttpHost(
                address.getHost(), Addresses.port(address), address.getScheme().toLowerCase(Locale.ROOT));
    }

    /** As if the proxy had asked who calls: else the header would be the service's. */
    private static BasicScheme proxyScheme() throws IOException {
        BasicScheme scheme = new BasicScheme();
        try {
            scheme.processChallenge(new BasicHeader(AUTH.PROXY_AUTH, "Basic realm=\"proxy\""));
        } catch (MalformedChallengeException e) {
            throw new IOException(e);
        }
        return scheme;
    }

    private static long keepAliveMs(HttpResponse response, HttpContext context) {
        long ms = DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
        return ms < 0 ? IDLE_MAX.toMillis() : Math.min(ms, IDLE_MAX.toMillis());
    }

    /** Closes connections that were idle too long to be used again. */
    void closeIdle() {
        connections.closeExpiredConnections();
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new Call(request);
    }

    @Override
    public String clientName() {
        return "Apache";
    }

    @Override
    public void close() {
        connections.shutdown();
    }

    /** A request with any method, with a body or without. */
    private static final class Request extends HttpEntityEnclosingRequestBase {
        private final String method;

        Request(String method) {
            this.method = method;
        }

        @Override
        public String getMethod() {
            return method;
        }
    }

    private final class Call implements ExecutableHttpRequest {
        private final HttpHost target;
        private final Request request;

        Call(HttpExecuteRequest execute) {
            SdkHttpRequest from = execute.httpRequest();
            target = new HttpHost(from.host(), from.port(), from.protocol());
            request = new Request(from.method().name());
            request.setURI(from.getUri());
            request.setConfig(proxy.addressFor(from.getUri()) == null ? direct : proxied);
            from.forEachHeader((name, values) -> {
                if (!NOT_COPIED.contains(name.toLowerCase(Locale.ROOT))) {
                    values.forEach(value -> request.addHeader(name, value));
                }
            });
            String host = from.firstMatchingHeader("Host").orElse(null);
            if (host != null) {
                request.setHeader("Host", host);
            }
            ContentStreamProvider content = execute.contentStreamProvider().orElse(null);
            if (content != null) {
                long length = from.firstMatchingHeader("Content-Length")
                        .map(Long::parseLong)
                        .orElse(-1L);
                request.setEntity(new InputStreamEntity(content.newStream(), length));
            }
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            HttpClientContext context = HttpClientContext.create();
            if (userProxy != null) {
                // Sent unasked, as the reference does: many proxies close the connection that comes without it.
                AuthCache known = new BasicAuthCache();
                known.put(userProxy, proxyScheme());
                context.setAuthCache(known);
            }
            CloseableHttpResponse response = client.execute(target, request, context);
            Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (Header header : response.getAllHeaders()) {
                headers.computeIfAbsent(header.getName(), name -> new ArrayList<>(1))
                        .add(header.getValue());
            }
            HttpEntity entity = response.getEntity();
            InputStream body = entity == null ? null : entity.getContent();
            return HttpExecuteResponse.builder()
                    .response(SdkHttpFullResponse.builder()
                            .statusCode(response.getStatusLine().getStatusCode())
                            .statusText(response.getStatusLine().getReasonPhrase())
                            .headers(headers)
                            .build())
                    .responseBody(body == null ? null : AbortableInputStream.create(body, request::abort))
                    .build();
        }

        @Override
        public void abort() {
            request.abort();
        }
    }
}
