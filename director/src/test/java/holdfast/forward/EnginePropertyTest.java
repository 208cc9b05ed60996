package holdfast.forward;

import holdfast.testing.Walks;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The engine against the model of IPVS-REF 1 to 4, over random walks of packets, time and an operator's changes.
@Tag("slow")
class EnginePropertyTest {
    @Test
    void decidesAndRemembersAsTheModel() {
        Walks.each(600, 500, EngineLots::new, EngineUnderTest::new);
    }
}
