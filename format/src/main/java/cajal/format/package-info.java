/// Tensor files: maps of names to tensors as safetensors ([cajal.format.Safetensors]), npy ([cajal.format.Npy])
/// and npz ([cajal.format.Npz]); [cajal.format.TensorFile] opens any of them by its content.
///
/// A file comes from anywhere, so no number in it is believed: every length is checked against the bytes
/// that are there before memory is taken for it, and whatever is wrong ends in one
/// [cajal.format.FormatException].
@NullMarked
package cajal.format;

import org.jspecify.annotations.NullMarked;
