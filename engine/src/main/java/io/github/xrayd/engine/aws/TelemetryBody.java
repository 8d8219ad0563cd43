package io.github.xrayd.engine.aws;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonWriter;
import com.dslplatform.json.NumberConverter;
import io.github.xrayd.engine.export.EncodedBody;
import io.github.xrayd.engine.telemetry.TelemetryRecord;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;

/** The body of a PutTelemetryRecords call, as the public service model (2016-04-12) names its parts. Immutable. */
final class TelemetryBody implements EncodedBody {
    private static final DslJson<Object> JSON = new DslJson<>();

    private final byte[] bytes;

    private TelemetryBody(byte[] bytes) {
        this.bytes = bytes;
    }

    static TelemetryBody of(HostIdentity host, String resourceArn, List<TelemetryRecord> records) {
        JsonWriter json = JSON.newWriter();
        json.writeAscii("{\"TelemetryRecords\":[");
        for (int i = 0; i < records.size(); i++) {
            json.writeAscii(i == 0 ? "" : ",");
            write(json, records.get(i));
        }
        json.writeAscii("],\"EC2InstanceId\":");
        json.writeString(host.instanceId());
        json.writeAscii(",\"Hostname\":");
        json.writeString(host.hostname());
        json.writeAscii(",\"ResourceARN\":");
        json.writeString(resourceArn);
        json.writeAscii("}");
        return new TelemetryBody(json.toByteArray());
    }

    private static void write(JsonWriter json, TelemetryRecord record) {
        String millis = Long.toString(1_000 + record.timestampMs() % 1_000);
        json.writeAscii("{\"Timestamp\":");
        json.writeAscii(record.timestampMs() / 1_000 + "." + millis.substring(1));
        count(json, ",\"SegmentsReceivedCount\":", record.received());
        count(json, ",\"SegmentsSentCount\":", record.sent());
        count(json, ",\"SegmentsSpilloverCount\":", record.spillover());
        count(json, ",\"SegmentsRejectedCount\":", record.rejected());
        count(
                json,
                ",\"BackendConnectionErrors\":{\"TimeoutCount\":",
                record.errors().timeouts());
        count(json, ",\"ConnectionRefusedCount\":", record.errors().connectionsRefused());
        count(json, ",\"HTTPCode4XXCount\":", record.errors().http4xx());
        count(json, ",\"HTTPCode5XXCount\":", record.errors().http5xx());
        count(json, ",\"UnknownHostCount\":", record.errors().unknownHosts());
        count(json, ",\"OtherCount\":", record.errors().others());
        json.writeAscii("}}");
    }

    /** The API takes 32-bit counts. */
    private static void count(JsonWriter json, String name, long value) {
        json.writeAscii(name);
        NumberConverter.serialize((int) Math.min(value, Integer.MAX_VALUE), json);
    }

    @Override
    public int length() {
        return bytes.length;
    }

    @Override
    public InputStream openStream() {
        return new ByteArrayInputStream(bytes);
    }
}
