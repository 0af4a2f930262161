"""Objects that highdicom makes of a CT slice, whose patient is a canary: made by others, as a file out of use is."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import highdicom as hd
import numpy as np
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from conftest import CANARY

_EQUIPMENT: Final = {
    "manufacturer": "ACME",
    "manufacturer_model_name": "Model 1",
    "software_versions": "1.0",
    "device_serial_number": f"{CANARY}77",
}


def _series(name: str) -> dict[str, Any]:
    return {
        "series_instance_uid": generate_uid(entropy_srcs=[name, "series"]),
        "series_number": 9,
        "sop_instance_uid": generate_uid(entropy_srcs=[name]),
        "instance_number": 1,
    }


def slice_of_ct() -> Dataset:
    """pydicom's CT slice, with a patient of ours."""
    ct = dcmread(str(get_testdata_file("CT_small.dcm")))
    ct.remove_private_tags()
    ct.PatientName, ct.PatientID, ct.PatientBirthDate = f"{CANARY}^Jane", f"{CANARY}4711", "19700405"
    ct.AccessionNumber, ct.StudyID, ct.PatientSex = f"{CANARY}12", "4711", "F"
    ct.ReferringPhysicianName = f"House^{CANARY}"
    return ct


def segmentation(ct: Dataset) -> Dataset:
    algorithm = hd.AlgorithmIdentificationSequence(
        name="unet", version="1", family=codes.cid7162.ArtificialIntelligence
    )
    segment = hd.seg.SegmentDescription(
        segment_number=1,
        segment_label=f"Liver of {CANARY}",
        segmented_property_category=codes.SCT.Organ,
        segmented_property_type=codes.SCT.Liver,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=algorithm,
    )
    mask = np.zeros((1, ct.Rows, ct.Columns), np.uint8)
    mask[:, 9:30, 9:30] = 1
    return hd.seg.Segmentation(
        [ct],
        mask,
        hd.seg.SegmentationTypeValues.BINARY,
        [segment],
        content_creator_name=f"{CANARY}^Anna",
        content_description=f"made for {CANARY}",
        **_series("seg"),
        **_EQUIPMENT,
    )


def parametric_map(ct: Dataset) -> Dataset:
    mapping = hd.pm.RealWorldValueMapping(
        lut_label="1",
        lut_explanation=f"of {CANARY}",
        unit=codes.UCUM.NoUnits,
        value_range=(0.0, 1.0),
        slope=1,
        intercept=0,
    )
    values = np.linspace(0, 1, ct.Rows * ct.Columns, dtype=np.float32).reshape(1, ct.Rows, ct.Columns)
    return hd.pm.ParametricMap(
        [ct],
        values,
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[mapping],
        voi_lut_transformations=[hd.VOILUTTransformation(window_center=0.5, window_width=1)],
        **_series("pm"),
        **_EQUIPMENT,
    )


def presentation_state(ct: Dataset) -> Dataset:
    layer = hd.pr.GraphicLayer(layer_name="LAYER1", order=1, description=f"for {CANARY}")
    text = hd.pr.TextObject(
        text_value=f"seen by {CANARY}",
        units=hd.pr.AnnotationUnitsValues.PIXEL,
        bounding_box=(10.0, 10.0, 60.0, 30.0),
    )
    drawn = hd.pr.GraphicAnnotation(referenced_images=[ct], graphic_layer=layer, text_objects=[text])
    return hd.pr.GrayscaleSoftcopyPresentationState(
        [ct],
        content_label="LABEL",
        content_description=f"for {CANARY}",
        content_creator_name=f"{CANARY}^Anna",
        graphic_layers=[layer],
        graphic_annotations=[drawn],
        institution_name=f"{CANARY} hospital",
        **_series("pr"),
        **_EQUIPMENT,
    )


def key_objects(ct: Dataset) -> Dataset:
    content = hd.ko.KeyObjectSelection(
        document_title=codes.DCM.OfInterest, referenced_objects=[ct], description=f"shown to {CANARY}"
    )
    return hd.ko.KeyObjectSelectionDocument([ct], content, institution_name=f"{CANARY} hospital", **_series("ko"))


def report(ct: Dataset) -> Dataset:
    observer = hd.sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=hd.sr.PersonObserverIdentifyingAttributes(name=f"{CANARY}^Anna"),
    )
    context = hd.sr.ObservationContext(observer_person_context=observer)
    measured = hd.sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.sr.TrackingIdentifier(
            uid=generate_uid(entropy_srcs=["tracking"]), identifier=f"lesion of {CANARY}"
        ),
        measurements=[
            hd.sr.Measurement(name=codes.SCT.Volume, value=12.5, unit=codes.UCUM.CubicMillimeter),
        ],
    )
    content = hd.sr.MeasurementReport(
        imaging_measurements=[measured],
        observation_context=context,
        procedure_reported=codes.LN.CTUnspecifiedBodyRegion,
        title=codes.DCM.ImagingMeasurementReport,
    )
    return hd.sr.Comprehensive3DSR(
        [ct],
        content[0],
        is_complete=True,
        is_final=True,
        is_verified=True,
        verifying_observer_name=f"{CANARY}^Anna",
        verifying_organization=f"{CANARY} hospital",
        institution_name=f"{CANARY} hospital",
        manufacturer="ACME",
        **_series("sr"),
    )


def secondary_capture(ct: Dataset) -> Dataset:
    return hd.sc.SCImage.from_ref_dataset(
        ref_dataset=ct,
        pixel_array=np.zeros((32, 32), np.uint8),
        photometric_interpretation="MONOCHROME2",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=["L", "P"],
        manufacturer="ACME",
        **_series("sc"),
    )


def legacy_enhanced(ct: Dataset) -> Dataset:
    return hd.legacy.LegacyConvertedEnhancedCTImage([ct], **_series("legacy"))


MAKERS: Final[Mapping[str, Callable[[Dataset], Dataset]]] = {
    maker.__name__: maker
    for maker in (
        segmentation,
        parametric_map,
        presentation_state,
        key_objects,
        report,
        secondary_capture,
        legacy_enhanced,
    )
}
