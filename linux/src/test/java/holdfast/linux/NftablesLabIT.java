package holdfast.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NftablesLabIT {
    @Test
    void aScriptIsAppliedWhole() {
        Nftables.apply("""
                table inet holdfast {
                    chain in {
                        type filter hook input priority 0
                    }
                }
                """);
        assertThat(Lab.run("nft list tables")).contains("table inet holdfast");
        Nftables.apply("delete table inet holdfast\n");
        assertThat(Lab.run("nft list tables")).doesNotContain("holdfast");
    }

    @Test
    void aRefusalCarriesTheWordsOfNft() {
        assertThatThrownBy(() -> Nftables.apply("table inet holdfast { }\nadd nonsense\n"))
                .isInstanceOf(NftablesException.class)
                .hasMessageContaining("nft refused the rules")
                .hasMessageContaining("syntax error")
                .hasMessageContaining("nonsense");
        assertThat(Lab.run("nft list tables")).doesNotContain("holdfast");
    }
}
