package holdfast.bench.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import holdfast.bench.MeasurementException;

/// The used values of an iperf3 client's report (`iperf3 --json`), over the intervals after a warm-up.
///
/// @param bitsPerSecond  of payload, all streams together, at the client
/// @param bytes          of payload in the whole test, including the warm-up
/// @param retransmits    segments sent again, including the warm-up; 0 if the client only received
public record IperfReport(double bitsPerSecond, long bytes, long retransmits) {
    private static final JsonMapper MAPPER = new JsonMapper();
    /// iperf3 stamps an interval late by the time that its timer took.
    private static final double STAMP_SLACK_S = 0.01;

    /// @param warmUpS  intervals that begin earlier than this many seconds after the start do not count @throws
    ///     MeasurementException if the report has an error or no interval that counts
    public static IperfReport of(String json, double warmUpS) {
        var report = tree(json);
        if (report.has("error")) {
            throw new MeasurementException("iperf3: " + report.get("error").asText());
        }
        double seconds = 0;
        double counted = 0;
        long bytes = 0;
        for (var interval : report.path("intervals")) {
            var sum = interval.required("sum");
            bytes += sum.required("bytes").asLong();
            if (sum.required("start").asDouble() >= warmUpS - STAMP_SLACK_S) {
                seconds += sum.required("seconds").asDouble();
                counted += sum.required("bytes").asDouble();
            }
        }
        if (seconds <= 0) {
            throw new MeasurementException("iperf3 reports no interval after the first " + warmUpS + " s");
        }
        return new IperfReport(
                counted * 8 / seconds,
                bytes,
                report.path("end").path("sum_sent").path("retransmits").asLong());
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new MeasurementException("iperf3 printed no JSON: " + json.strip(), e);
        }
    }
}
