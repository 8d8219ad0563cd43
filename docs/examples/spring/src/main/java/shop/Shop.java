package shop;

import com.amazonaws.xray.AWSXRay;
import com.amazonaws.xray.jakarta.servlet.AWSXRayServletFilter;
import jakarta.servlet.Filter;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A shop traced by X-Ray's SDK; AWS_XRAY_DAEMON_ADDRESS says where the daemon is, when it is not at 127.0.0.1:2000. */
@SpringBootApplication
@RestController
public class Shop {
    public static void main(String[] args) {
        SpringApplication.run(Shop.class, args);
    }

    /** Opens a segment for each request. */
    @Bean
    Filter tracing() {
        return new AWSXRayServletFilter("shop");
    }

    @GetMapping("/")
    Map<String, Integer> stock() {
        return AWSXRay.createSubsegment("stock", () -> Map.of("stock", 3));
    }
}
