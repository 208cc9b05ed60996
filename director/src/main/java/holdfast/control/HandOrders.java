package holdfast.control;

import holdfast.conf.AgentReport;
import holdfast.conf.ByHand;
import java.util.function.UnaryOperator;

/// What operators have ordered, and agents reported, beside the configuration.
interface HandOrders {
    /// The orders in force.
    ByHand present();

    /// Changes the orders, and returns when the change is in force.
    ///
    /// @param change  of the orders as they are then; it may be called again if another change comes first
    /// @param reason  for the history
    /// @throws holdfast.api.RefusedException if there is no change
    void change(UnaryOperator<ByHand> change, String reason);

    /// Takes a report of an agent, and returns when it is in force on this director.
    ///
    /// @throws holdfast.api.RefusedException if it is not
    void report(AgentReport.Real real, int percent);
}
