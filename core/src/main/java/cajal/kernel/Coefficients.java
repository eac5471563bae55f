package cajal.kernel;

/// The coefficients of the polynomials behind [FloatMath] and its vector form: `NAME_k` belongs to the k-th
/// power.
///
/// Each family minimises the largest weighted error over its interval, by Remez exchange with the
/// coefficients rounded to float one after the other; `MinimaxFit` among this module's tests derives them,
/// and a test there holds this file to it. "Weighted error" is what that fit leaves, relative to the
/// function's value; one unit in the last place is between 5.96e-8 and 1.19e-7.
///
/// **Source**: E. Remez, Sur le calcul effectif des polynômes d'approximation de Tchebichef (1934).
public final class Coefficients {
    // weighted error 3.68e-09
    public static final float EXP_0 = 0x1.0p-1f; // 0.500000000
    public static final float EXP_1 = 0x1.555556p-3f; // 0.166666672
    public static final float EXP_2 = 0x1.555518p-5f; // 0.0416665524
    public static final float EXP_3 = 0x1.11125ap-7f; // 0.00833348650
    public static final float EXP_4 = 0x1.6d0248p-10f; // 0.00139239850
    public static final float EXP_5 = 0x1.9ad1c8p-13f; // 0.000195893983

    // weighted error 4.82e-09
    public static final float LOG_0 = 0x1.555506p-2f; // 0.333332151
    public static final float LOG_1 = -0x1.fffedep-3f; // -0.249997839
    public static final float LOG_2 = 0x1.99d086p-3f; // 0.200104758
    public static final float LOG_3 = -0x1.55a18ap-3f; // -0.166812018
    public static final float LOG_4 = 0x1.1ecfe4p-3f; // 0.140044957
    public static final float LOG_5 = -0x1.f29c8cp-4f; // -0.121731326
    public static final float LOG_6 = 0x1.1e8d84p-3f; // 0.139918357
    public static final float LOG_7 = -0x1.0919a8p-3f; // -0.129443467

    // weighted error 4.16e-09
    public static final float SIN_0 = -0x1.555544p-3f; // -0.166666538
    public static final float SIN_1 = 0x1.1106c6p-7f; // 0.00833210628
    public static final float SIN_2 = -0x1.991c26p-13f; // -0.000195078828

    // weighted error 1.21e-10
    public static final float COS_0 = 0x1.55554ap-5f; // 0.0416666456
    public static final float COS_1 = -0x1.6c0c26p-10f; // -0.00138873083
    public static final float COS_2 = 0x1.99e70ap-16f; // 2.44320927e-05

    // weighted error 3.31e-09
    public static final float TANH_0 = -0x1.55553ap-2f; // -0.333332926
    public static final float TANH_1 = 0x1.1108cep-3f; // 0.133317575
    public static final float TANH_2 = -0x1.b877fep-5f; // -0.0537681542
    public static final float TANH_3 = 0x1.53c88p-6f; // 0.0207387209
    public static final float TANH_4 = -0x1.7dad58p-8f; // -0.00582393073

    // weighted error 8.65e-10
    public static final float ERF_0 = 0x1.06eba8p-3f; // 0.128379166
    public static final float ERF_1 = -0x1.812742p-2f; // -0.376126319
    public static final float ERF_2 = 0x1.ce2e24p-4f; // 0.112836972
    public static final float ERF_3 = -0x1.b8136cp-6f; // -0.0268600993
    public static final float ERF_4 = 0x1.5500b8p-8f; // 0.00520328991
    public static final float ERF_5 = -0x1.ac527cp-11f; // -0.000816959771
    public static final float ERF_6 = 0x1.63b632p-14f; // 8.48082782e-05

    // weighted error 1.56e-09
    public static final float ERFC_0 = 0x1.9a5ccep-13f; // 0.000195676097
    public static final float ERFC_1 = 0x1.20af5ap0f; // 1.12767565
    public static final float ERFC_2 = 0x1.463cbcp-1f; // 0.637182117
    public static final float ERFC_3 = 0x1.a9b46ep-4f; // 0.103931837
    public static final float ERFC_4 = -0x1.6c2b56p-6f; // -0.0222271290
    public static final float ERFC_5 = 0x1.8ee456p-9f; // 0.00304330396
    public static final float ERFC_6 = -0x1.9af06p-13f; // -0.000195950968

    // weighted error 1.33e-15
    public static final double LOG2_0 = 0x1.71547652b83p1; // 2.88539008
    public static final double LOG2_1 = 0x1.ec709dc39c6e4p-1; // 0.961796694
    public static final double LOG2_2 = 0x1.2776c5171d845p-1; // 0.577078017
    public static final double LOG2_3 = 0x1.a61755bc7d2dbp-2; // 0.412198391
    public static final double LOG2_4 = 0x1.484fe71b3882dp-2; // 0.320617305
    public static final double LOG2_5 = 0x1.0bafd04ef784p-2; // 0.261412864
    public static final double LOG2_6 = 0x1.f247bdc19e4fp-3; // 0.243300898

    // weighted error 7.75e-13
    public static final double EXP2_0 = 0x1.ffffffffff7a4p-1; // 1.00000000
    public static final double EXP2_1 = 0x1.62e42fef8616p-1; // 0.693147181
    public static final double EXP2_2 = 0x1.ebfbdff931965p-3; // 0.240226507
    public static final double EXP2_3 = 0x1.c6b08dd46cf79p-5; // 0.0555041094
    public static final double EXP2_4 = 0x1.3b2ab5c52f67p-7; // 0.00961812854
    public static final double EXP2_5 = 0x1.5d8748389ef8ep-10; // 0.00133334521
    public static final double EXP2_6 = 0x1.430acc9dd0f1p-13; // 0.000154038518
    public static final double EXP2_7 = 0x1.00dad223bdefp-16; // 1.53097376e-05
    public static final double EXP2_8 = 0x1.61afd0dc54264p-20; // 1.31758547e-06

    /// `log₂ e`, and `ln 2` as a sum: the high part has 11 bits, so that it times any exponent is exact.
    public static final float LOG2_E = 0x1.715476p0f;

    public static final float LN2_HIGH = 0x1.62ep-1f;
    public static final float LN2_LOW = 0x1.0bfbe8p-15f;

    /// `2/π`, and `π/2` as a sum of three floats.
    public static final float TWO_OVER_PI = 0x1.45f306p-1f;

    public static final float HALF_PI_1 = 0x1.921fb6p0f;
    public static final float HALF_PI_2 = -0x1.777a5cp-25f;
    public static final float HALF_PI_3 = -0x1.ee59dap-50f;

    private Coefficients() {}
}
