package holdfast.revision;

import holdfast.sync.ConfigMessage;
import holdfast.sync.ConfigVersion;

/// What hears of the others' configurations. Any thread; never waits.
public interface Ear {
    /// Hears nothing.
    Ear DEAF = new Ear() {
        @Override
        public void heard(String member, ConfigVersion version) {}

        @Override
        public void message(String from, ConfigMessage message) {}
    };

    /// Another director runs this configuration.
    void heard(String member, ConfigVersion version);

    /// A message that finds no room is lost, and its sender asks again.
    void message(String from, ConfigMessage message);
}
