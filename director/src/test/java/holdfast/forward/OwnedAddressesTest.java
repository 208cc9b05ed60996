package holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OwnedAddressesTest {
    private final OwnedAddresses owned = new OwnedAddresses(List.of(
            new OwnedAddresses.Owned(TestDirector.ip("203.0.113.1"), 1), // negative as an int, unlike the next one
            new OwnedAddresses.Owned(TestDirector.ip("10.0.0.1"), 0),
            new OwnedAddresses.Owned(TestDirector.ip("192.0.2.10"), 2)));

    @Test
    void eachAddressIsFoundOnItsOwnPortOnly() {
        assertThat(owned.isAnsweredOn(TestDirector.ip("203.0.113.1"), 1)).isTrue();
        assertThat(owned.isAnsweredOn(TestDirector.ip("203.0.113.1"), 0)).isFalse();
        assertThat(owned.isAnsweredOn(TestDirector.ip("10.0.0.1"), 0)).isTrue();
        assertThat(owned.isAnsweredOn(TestDirector.ip("192.0.2.10"), 2)).isTrue();
        assertThat(owned.contains(TestDirector.ip("192.0.2.10"))).isTrue();
    }

    @Test
    void anotherAddressIsNotFound() {
        assertThat(owned.contains(TestDirector.ip("192.0.2.11"))).isFalse();
        assertThat(owned.isAnsweredOn(TestDirector.ip("192.0.2.11"), 0)).isFalse();
        assertThat(new OwnedAddresses(List.of()).contains(0)).isFalse();
    }
}
